"""What a roster says, as values: keywords with their traps, roles, shared duties, complexity and estimate rules.

They are named tuples, since a dataclass takes ten times as long to define and `plan` should start fast.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple

Tier = Literal["elite", "standard"]
TIERS: tuple[Tier, ...] = ("elite", "standard")
Capital = Literal["", "enough", "always"]


class Keyword(NamedTuple):
    """A word or phrase in small letters, the forms it is found in, and where it counts.

    Contexts are patterns as `contexts.py` reads them. An occurrence counts if one of `always` fits; else not if one of
    `unless` fits; else, where there are `only`, if one of them fits. `capital`: a capital letter within a sentence
    is `enough` in place of `only`, or counts `always`.
    """

    word: str
    forms: tuple[str, ...]
    only: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    always: tuple[str, ...] = ()
    capital: Capital = ""


class Role(NamedTuple):
    """A role that agents take: what calls it, how early it goes, whom it waits for, whether it edits, what it hands in.

    `remark` is told with a plan in which others come after it.
    """

    name: str
    keywords: tuple[Keyword, ...]
    tier: Tier
    after: tuple[str, ...]
    edits: bool
    does: str
    remark: str = ""


class Duty(NamedTuple):
    """Work that every agent of a plan shares in, such as documenting its own part; `note` tells so."""

    name: str
    keywords: tuple[Keyword, ...]
    note: str


class WordSignal(NamedTuple):
    """Words that move the complexity: `points` for each different one, `most` in all."""

    name: str
    points: int
    most: int
    keywords: tuple[Keyword, ...]


class ComplexityRules(NamedTuple):
    """How a score comes about: a base, words, and steps (at least this many → points) for what is counted.

    `together` gives points where all roles of a set take part.
    """

    base: int
    words: tuple[WordSignal, ...]
    roles: Mapping[int, int]
    length: Mapping[int, int]
    items: Mapping[int, int]
    together: tuple[tuple[tuple[str, ...], int, str], ...] = ()


class EstimateRules(NamedTuple):
    """Assumptions on one agent (low, likely, high), prices in US dollars a million tokens, and where they come from."""

    tokens: Mapping[str, tuple[float, float, float]]
    minutes: Mapping[str, tuple[float, float, float]]
    turns: tuple[float, float, float]
    output_share: float
    coordination_tokens: tuple[float, float, float]
    coordination_minutes: tuple[float, float, float]
    window: int
    model: str
    prices: Mapping[str, float]
    sources: Mapping[str, str]


class Roster(NamedTuple):
    """All roles by name in the order of the files, and the rules of planning; `digest` is the SHA-256 of the whole."""

    roles: Mapping[str, Role]
    duties: tuple[Duty, ...]
    changes: tuple[Keyword, ...]
    complexity: ComplexityRules
    estimate: EstimateRules
    fallback: str
    digest: str
