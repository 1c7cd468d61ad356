"""What goes into the merge queue and what comes out of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

EntryState = Literal["ready", "merging", "merged", "conflict", "culprit", "dropped"]
STATES: tuple[EntryState, ...] = ("ready", "merging", "merged", "conflict", "culprit", "dropped")


@dataclass(frozen=True, slots=True)
class Entry:
    """A task's finished work: `commit` is the tip of its `branch`, `base` the commit it began at, both whole hashes.

    Higher `priority` goes first, then who came first. `flaky` allows one more try of a gate that fails.
    """

    task: str
    title: str
    branch: str
    commit: str
    base: str
    priority: int = 0
    flaky: bool = False


@dataclass(frozen=True, slots=True)
class Queued:
    """An entry with where it stands. `seq` is its place of arrival, `added` when that was (ISO 8601, UTC).

    `merge` is the commit that brought it in. `reason` says in a sentence why it was not merged, `files` those in
    conflict, `others` the tasks it does not go together with, `output` the file of the gate's output or the conflict.
    """

    entry: Entry
    state: EntryState
    seq: int
    added: str
    merge: str = ""
    reason: str = ""
    files: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    output: str = ""

    @property
    def task(self) -> str:
        """Return the task's id."""
        return self.entry.task

    @property
    def commit(self) -> str:
        """Return the commit to merge."""
        return self.entry.commit


@dataclass(frozen=True, slots=True)
class Merged:
    """Work that is in: `commit` of the task, `merge` the commit that brought it in, `tip` where the branch was then."""

    task: str
    commit: str
    merge: str
    tip: str


@dataclass(frozen=True, slots=True)
class Conflict:
    """Work that does not merge: `files` in conflict with what `others` (tasks) merged; `feedback` is for its author."""

    task: str
    commit: str
    files: tuple[str, ...]
    others: tuple[str, ...]
    reason: str
    feedback: str
    output: Path | None = None


@dataclass(frozen=True, slots=True)
class Culprit:
    """Work that merges but makes the gate fail, alone (`others` is empty) or only together with others.

    `sure` is False where it was seen with all that stood before it, but with none of those alone.
    """

    task: str
    commit: str
    others: tuple[str, ...]
    sure: bool
    reason: str
    feedback: str
    output: Path | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """What a step settled. `tip` is the branch's commit after it (empty where there is no such branch).

    `blocked` says why the rest could not go on; with `stuck` somebody has to mend the cause and resume the queue,
    else it is enough to take another step later. `flaky` are tasks in whose company a gate failed once and then passed.
    """

    merged: tuple[Merged, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    culprits: tuple[Culprit, ...] = ()
    gate_runs: int = 0
    tip: str = ""
    blocked: str = ""
    stuck: bool = False
    stopped: bool = False
    flaky: tuple[str, ...] = ()

    @property
    def failures(self) -> tuple[Conflict | Culprit, ...]:
        """Return what was given back to its authors."""
        return (*self.conflicts, *self.culprits)
