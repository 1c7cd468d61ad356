"""A run as its reader looks at it, whoever carried it out: tasks, their attempts, what these took and left."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from batchpack.executor import Usage

End = Literal["done", "failed", "skipped", "pending"]
ENDS: tuple[End, ...] = ("done", "failed", "skipped", "pending")
GOOD = ("verified", "done")
"""How an attempt ends that came to something."""
NOTHING_TOLD = ("paused", "void")
"""How an attempt ends that a limit, a missing tool or the end of its run cut off: it says nothing about its task."""


@dataclass(frozen=True, slots=True)
class Link:
    """A file below the run's folder that tells more."""

    label: str
    path: str


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try; times in seconds since the epoch, `ended` None where no end is on record, as of one that runs.

    `last` is the last moment at which it may still have worked: its end, or what was recorded next. `by_model` tells
    whether a model worked; then `usage` is what it used, None where nobody measured it. Its changes are those from
    `base` to `commit`, empty where there are none.
    """

    number: int
    begun: float
    ended: float | None
    last: float
    end: str
    reason: str = ""
    executor: str = ""
    agent: str = ""
    model: str = ""
    by_model: bool = True
    usage: Usage | None = None
    detail: str = ""
    links: tuple[Link, ...] = ()
    base: str = ""
    commit: str = ""

    @property
    def seconds(self) -> float | None:
        """Return how long it took, None where that was not measured, or the clock went back meanwhile."""
        return None if self.ended is None or self.ended < self.begun else self.ended - self.begun


@dataclass(frozen=True, slots=True)
class Merge:
    """One end of a task's way through the merge queue; `commit` is empty where it was refused."""

    at: float
    commit: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Task:
    """One task: how it ended for the counts, its state in the run's own words, and all that was tried.

    `after` are the tasks that had to be settled before it could begin, `settled` the moment since which nothing waits
    for it (None: not yet).
    """

    name: str
    title: str
    group: str
    state: str
    end: End
    depends_on: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    reason: str = ""
    attempts: tuple[Attempt, ...] = ()
    merges: tuple[Merge, ...] = ()
    settled: float | None = None
    links: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class Pause:
    """A time in which nothing new began, and why."""

    begun: float
    ended: float
    reason: str


@dataclass(frozen=True, slots=True)
class Record:
    """A run: `kind` says who carries it out, `groups` are its layers or batches in their order.

    `begun` and `last` are its first and last recorded moment; of a run that is driven now, `last` is now.
    """

    run: str
    kind: Literal["work", "host"]
    name: str
    by: str
    project: str
    folder: Path
    begun: float
    last: float
    standing: str
    groups: tuple[str, ...]
    group_word: str
    tasks: tuple[Task, ...]
    pauses: tuple[Pause, ...] = ()

    @property
    def attempts(self) -> list[Attempt]:
        """Return all attempts of all tasks."""
        return [attempt for task in self.tasks for attempt in task.attempts]
