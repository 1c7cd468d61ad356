"""The queue in SQLite: each verb is one transaction, on disk before it returns."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, Self, TypeVar

from batchpack.queue import claiming, database, ids, listing, reporting, rows, tending, ticks
from batchpack.queue.values import LEASE_SECONDS, Draft, Limits, Page, Status, Task

P = ParamSpec("P")
T = TypeVar("T")


class SqliteQueue:
    """The tasks of a batch, in its file; see `Queue` for what each verb means. Not for a folder on the network."""

    def __init__(self, path: Path, clock: ticks.Clock = ticks.now) -> None:
        self.path, self._clock = path, clock
        self._connection = database.open(path)

    def __enter__(self) -> Self:
        """Return itself; leaving closes it."""
        return self

    def __exit__(self, *reason: object) -> None:
        """Close the file."""
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def _alone(
        self, verb: Callable[Concatenate[sqlite3.Connection, ticks.Moment, P], T], *given: P.args, **named: P.kwargs
    ) -> T:
        """Run a verb as one transaction; what time it is, is asked within it, so that no two verbs see time go back."""
        with database.transaction(self._connection):
            return verb(self._connection, self._clock(), *given, **named)

    def add(self, drafts: Iterable[Draft]) -> int:
        """Add tasks, all or none."""
        return self._alone(listing.add, drafts)

    def get(self, task: str) -> Task:
        """Return a task."""
        return rows.read(self._connection, task)

    def page(
        self, *, status: Status | None = None, assignee: str | None = None, after: int = 0, limit: int = 50
    ) -> Page:
        """Return tasks in the order they were added."""
        return listing.page(self._connection, status, assignee, after, limit)

    def counts(self) -> dict[Status, int]:
        """Return how many tasks there are of each status."""
        return listing.counts(self._connection)

    def every(self, status: Status) -> Iterator[Task]:
        """Return all tasks of a status."""
        place: int | None = 0
        while place is not None:
            page = self.page(status=status, after=place, limit=listing.PAGE_LIMIT)
            yield from page.tasks
            place = page.after

    def soonest(self) -> float | None:
        """Return within how many seconds a task may be there to claim; None: all are ended."""
        return listing.soonest(self._connection, self._clock())

    def claim(
        self, worker: str, *, task: str | None = None, lease: float = LEASE_SECONDS, version: int | None = None
    ) -> Task | None:
        """Give a worker the next task, or the named one; None: there is nothing to claim now."""
        ids.check_worker(worker)
        claiming.check_lease(lease)
        if task is None:
            return self._alone(claiming.claim_next, worker, lease)
        return self._alone(claiming.claim_one, worker, lease, task, version)

    def heartbeat(self, task: str, token: int, *, lease: float = LEASE_SECONDS) -> Task:
        """Let a claim last from now on."""
        return self._alone(reporting.heartbeat, task, token, claiming.check_lease(lease))

    def release(self, task: str, token: int, *, pause: float = 0.0) -> Task:
        """Give a task back."""
        return self._alone(reporting.release, task, token, claiming.check_pause(pause))

    def complete(self, task: str, token: int, *, evidence: Sequence[str], result: Any = None) -> Task:
        """End a task as done."""
        return self._alone(reporting.complete, task, token, evidence, result)

    def fail(self, task: str, token: int, *, error: str, again: bool = False, pause: float = 0.0) -> Task:
        """End a task as failed, or have it tried once more."""
        wait = claiming.check_pause(pause) if again else None
        return self._alone(reporting.fail, task, token, error, wait)

    def skip(self, task: str, token: int | None, *, reason: str) -> Task:
        """End a task as skipped."""
        return self._alone(reporting.skip, task, token, reason)

    def append(self, task: str, text: str, *, token: int | None = None, version: int | None = None) -> Task:
        """Put text behind a task's body."""
        return self._alone(reporting.append, task, text, token, version)

    def requeue(self, task: str, *, force: bool = False) -> Task:
        """Let a task be done again."""
        return self._alone(tending.requeue, task, force=force)

    def bury(self, task: str, *, reason: str, force: bool = False) -> Task:
        """Give a task up."""
        return self._alone(tending.bury, task, reason, force=force)

    def reap(self) -> Sequence[Task]:
        """Take back what is held by claims that ran out."""
        return self._alone(claiming.reap_all)

    def limits(self) -> Limits:
        """Return the limits that hold."""
        return claiming.limits(self._connection)

    def limit(self, limits: Limits) -> None:
        """Set the limits."""
        with database.transaction(self._connection):
            claiming.set_limits(self._connection, limits)
