"""The questions that a queue answers, wherever it keeps its tasks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from batchpack.queue.values import LEASE_SECONDS, Draft, Limits, Page, Status, Task


class Queue(Protocol):
    """Tasks that many processes share: each is held by at most one worker, and only its last holder may report.

    Each verb takes place whole or not at all. All raise StaleClaim for a token that is not the present one,
    UnknownTask for an id that there is none of, and Refused for what the task's state does not allow.
    `version`, where given, must be the task's: else Refused, so that nothing is written over what was not read.
    """

    def add(self, drafts: Iterable[Draft]) -> int:
        """Add tasks, all or none, and return how many; raises Refused for an id that is there already."""

    def get(self, task: str) -> Task:
        """Return a task."""

    def page(
        self, *, status: Status | None = None, assignee: str | None = None, after: int = 0, limit: int = 50
    ) -> Page:
        """Return tasks in the order they were added, `limit` at most, behind the place `after`."""

    def counts(self) -> Mapping[Status, int]:
        """Return how many tasks there are of each status, those of none too."""

    def every(self, status: Status) -> Iterable[Task]:
        """Return all tasks of a status, in pages that are read as they are needed."""

    def soonest(self) -> float | None:
        """Return within how many seconds a task may be there to claim; None: all are ended, 0: at once."""

    def claim(
        self, worker: str, *, task: str | None = None, lease: float = LEASE_SECONDS, version: int | None = None
    ) -> Task | None:
        """Give a worker the next task, or the named one, for `lease` seconds; None: there is nothing to claim now.

        Raises Limited where the worker, or all of them together, hold as many as they may.
        """

    def heartbeat(self, task: str, token: int, *, lease: float = LEASE_SECONDS) -> Task:
        """Let a claim last `lease` seconds from now on; one that ran out is renewed while nobody else took the task."""

    def release(self, task: str, token: int, *, pause: float = 0.0) -> Task:
        """Give a task back, to be claimed by anybody after `pause` seconds; the token is void from then on."""

    def complete(self, task: str, token: int, *, evidence: Sequence[str], result: Any = None) -> Task:
        """End a task as done, with evidence; the same report again changes nothing, another one is refused.

        A task about a chunk is done when each of its items has a record: else Refused, naming some without.
        """

    def fail(self, task: str, token: int, *, error: str, again: bool = False, pause: float = 0.0) -> Task:
        """End a task as failed; with `again` it is tried once more after a pause, unless it had all its attempts."""

    def skip(self, task: str, token: int | None, *, reason: str) -> Task:
        """End a task as skipped; without a token only one that nobody holds."""

    def append(self, task: str, text: str, *, token: int | None = None, version: int | None = None) -> Task:
        """Put a line, or several, behind a task's body; a token, where given, must be the present one."""

    def requeue(self, task: str, *, force: bool = False) -> Task:
        """Let an ended task be done again from its first attempt; one that is held only with `force`."""

    def bury(self, task: str, *, reason: str, force: bool = False) -> Task:
        """Give a task up: nobody gets it until it is requeued; one that is held only with `force`."""

    def reap(self) -> Sequence[Task]:
        """Take back what is held by claims that ran out, and return it; every claim does so first."""

    def limits(self) -> Limits:
        """Return the limits that hold."""

    def limit(self, limits: Limits) -> None:
        """Set the limits."""

    def close(self) -> None:
        """Let go of what the queue keeps open."""
