"""The plan and its parts: frozen values that say what was decided and what each decision rests on.

The parts are named tuples, since a dataclass takes ten times as long to define and `plan` should start fast.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple


class Match(NamedTuple):
    """A keyword found, in the roster's and in the text's letters, its offset in characters, its word number from 1."""

    keyword: str
    word: str
    offset: int
    number: int


class Signal(NamedTuple):
    """What moved the complexity by `points`, with the words that say so; `detail` where no single word does."""

    name: str
    points: int
    evidence: tuple[Match, ...] = ()
    detail: str = ""


class Complexity(NamedTuple):
    """A score from 1 to 10; `given` says that a person set it instead of the signals."""

    score: int
    signals: tuple[Signal, ...] = ()
    given: bool = False


class Assignment(NamedTuple):
    """A role that takes part, and the words that called it; none where a person named it or it is the fallback."""

    name: str
    tier: str
    matched: tuple[Match, ...] = ()


class Exclusion(NamedTuple):
    """A role or duty that the text asks to leave out, with the keyword and the words around it that say so."""

    name: str
    match: Match
    words: str


class Batch(NamedTuple):
    """Tasks that run at the same time; `number` counts from 1."""

    number: int
    tasks: tuple[str, ...]


class Range(NamedTuple):
    """An estimate: the low end, the likely value, the high end."""

    low: float
    likely: float
    high: float


class Cost(NamedTuple):
    """Estimated tokens, tokens read again from the cache, US dollars and minutes of one part of the work."""

    name: str
    tokens: Range
    reread: Range
    dollars: Range
    minutes: Range


class Estimate(NamedTuple):
    """What the plan may take: a part an agent and one for coordination; `total` is their sum, minutes by batches.

    `baseline` is the naive way, `saving_percent` compares the likely tokens of the two (None: nothing to compare);
    `sources` says where each figure comes from.
    """

    parts: tuple[Cost, ...]
    total: Cost
    baseline: Cost
    saving_percent: int | None
    sources: Mapping[str, str]


class Options(NamedTuple):
    """What the caller decided instead of the planner; None: left to the planner."""

    agents: tuple[str, ...] | None = None
    complexity: int | None = None
    max_parallel: int | None = None


@dataclass(frozen=True)
class Plan:
    """Tasks, one a role and named as it, in batches; `depends_on` names for each task those it waits for.

    `hash` is the SHA-256 of all the rest, the `roster` digest included. `single` says why one agent is enough.
    """

    description: str
    options: Options
    roster: str
    complexity: Complexity
    agents: tuple[Assignment, ...]
    depends_on: Mapping[str, tuple[str, ...]]
    batches: tuple[Batch, ...]
    estimate: Estimate
    notes: tuple[str, ...]
    single: str | None
    excluded: tuple[Exclusion, ...]
    hash: str = ""
