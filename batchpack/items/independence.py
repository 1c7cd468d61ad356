"""Whether items may be worked on side by side: what they wait for, what they write, which state they share."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from batchpack.errors import BatchpackError
from batchpack.items import bodies
from batchpack.plaintext import line
from batchpack.queue import batches
from batchpack.tasks.claims import Claim, claims_of, locks_of
from batchpack.tasks.overlap import clashes
from batchpack.tasks.shelf import Shelf

Kind = Literal["independent", "single", "dependent", "conflicting"]
SHOWN = 10
FEW = 4
"""Up to so many items workers are started directly; more of them take from the queue."""


@dataclass(frozen=True, slots=True)
class Declared:
    """What an item says of itself, with the task that it is in; `writes` None: what it says is no path."""

    id: str
    task: str
    needs: tuple[str, ...] = ()
    writes: tuple[Claim, ...] | None = ()
    states: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a batch is for this workflow; else why not, each reason on a line, and which one is."""

    kind: Kind
    reasons: tuple[str, ...]
    route: str
    width: int = 0

    @property
    def is_independent(self) -> bool:
        """Tell whether workers may start."""
        return self.kind == "independent"


class NotIndependent(BatchpackError):
    """A batch whose items may not be worked on side by side; no worker was let at it."""

    def __init__(self, verdict: Verdict) -> None:
        listed = "".join(f"\n  - {reason}" for reason in verdict.reasons)
        super().__init__(f"these items are {_NAMES[verdict.kind]}:{listed}", verdict.route)


_NAMES: Mapping[Kind, str] = {"single": "no batch", "dependent": "dependent", "conflicting": "in each other's way"}

ROUTES: Mapping[Kind, str] = {
    "single": "one item is no batch: do it yourself, or plan it with: batchpack start",
    "dependent": "items that wait for each other are done in their order: batchpack messages loop, or as tasks with "
    "depends_on: batchpack plan",
    "conflicting": "put items that meet into one chunk (batchpack items chunk --by FIELD), or do them in their order",
}


def check(connection: sqlite3.Connection, project: str = "") -> Verdict:
    """Judge a batch by what its items declare in `depends_on`, `writes` and `state`; nothing declared is nothing met.

    Items of one chunk meet as they like: one worker does them one after another.
    """
    count = int(connection.execute("SELECT count(*) FROM item").fetchone()[0])
    if count == 1:
        return Verdict("single", ("there is one item only",), ROUTES["single"])
    if not batches.get(connection, "declared", False):
        return _independent(count)
    declared = list(_declared(connection, project))
    dependent = _dependencies(declared)
    if dependent:
        return Verdict("dependent", dependent, ROUTES["dependent"])
    conflicts = _conflicts(declared)
    if conflicts:
        return Verdict("conflicting", conflicts, ROUTES["conflicting"])
    return _independent(count)


def require(connection: sqlite3.Connection, project: str, *, anyway: bool) -> Verdict:
    """Judge a batch, write the verdict down, and raise NotIndependent unless somebody wants it `anyway`."""
    verdict = check(connection, project)
    if not verdict.is_independent and not anyway:
        raise NotIndependent(verdict)
    batches.put(connection, "independence", {"kind": verdict.kind, "reasons": verdict.reasons, "anyway": anyway})
    return verdict


def _independent(count: int) -> Verdict:
    """Say how many workers a batch is for."""
    how = "from the queue" if count > FEW else "directly, one for each"
    return Verdict("independent", (), f"workers may start {how}", min(8, count))


def _declared(connection: sqlite3.Connection, project: str) -> Iterator[Declared]:
    """Yield what items declare; those that declare nothing are left out."""
    chunking = batches.get(connection, "chunking")
    by_chunk = not isinstance(chunking, dict) or chunking.get("tasks") != "item"
    for row, fields in bodies.every(connection):
        needs, states = _words(fields.get("depends_on")), _words(fields.get("state"))
        texts = _words(fields.get("writes"))
        if needs or states or texts:
            task = str(row["chunk"]) if by_chunk and row["chunk"] is not None else row["id"]
            yield Declared(row["id"], task, needs, claims_of(texts, project) if texts else (), states)


def _words(value: Any) -> tuple[str, ...]:
    """Return one word or several; a text in a table separates them by commas."""
    if isinstance(value, str):
        return tuple(word.strip() for word in value.split(",") if word.strip())
    if isinstance(value, Sequence):
        return tuple(str(word) for word in value if str(word).strip())
    return () if value in (None, False) else (str(value),)


def _dependencies(declared: Sequence[Declared]) -> tuple[str, ...]:
    """Say which items wait for others, the first few."""
    found = [f"{one.id} waits for {line(', '.join(one.needs), 80)}" for one in declared if one.needs]
    return _first(found)


def _conflicts(declared: Sequence[Declared]) -> tuple[str, ...]:
    """Say which items of two tasks meet: in a file, in a state, or in what nobody can read as a path."""
    found = [f"{one.id} writes what is no path inside the project" for one in declared if one.writes is None]
    holders: dict[str, Declared] = {}
    for one in declared:
        for state in one.states:
            other = holders.setdefault(state, one)
            if other.task != one.task:
                found.append(f"{other.id} and {one.id} share the state {line(state, 60)}")
    return _first([*found, *_clashes([one for one in declared if one.writes])])


def _clashes(declared: Sequence[Declared]) -> Iterator[str]:
    """Say which items write what an item of an earlier task writes, each with the latest one that it meets."""
    tasks: dict[str, list[Declared]] = {}
    for one in declared:
        tasks.setdefault(one.task, []).append(one)
    shelf, order = Shelf(), list(tasks.values())
    for number, held in enumerate(order):
        claimed = [(one, one.writes or (), tuple(locks_of(one.writes or ()))) for one in held]
        for one, claims, locks in claimed:
            met = shelf.latest(claims, locks)
            if met >= 0:
                yield _say(one, order[met])
        for _, claims, locks in claimed:
            shelf.put(claims, locks, number)


def _say(one: Declared, others: Sequence[Declared]) -> str:
    """Say how an item meets one of another task."""
    for other in others:
        how = clashes(other.writes or (), one.writes or ())
        if how:
            return f"{other.id} and {one.id}: {line(how[0])}"
    return f"{others[0].id} and {one.id} write the same"


def _first(found: Sequence[str]) -> tuple[str, ...]:
    """Return the first few and how many there are more."""
    more = (f"and {len(found) - SHOWN:,} more",) if len(found) > SHOWN else ()
    return (*found[:SHOWN], *more)
