"""What a person does with tasks: do them again, or give them up."""

from __future__ import annotations

import sqlite3

from batchpack.queue.claiming import NO_TIMER
from batchpack.queue.reporting import waiting
from batchpack.queue.rows import Refused, change, read
from batchpack.queue.settling import reopen
from batchpack.queue.ticks import Moment
from batchpack.queue.values import Task, plain


def requeue(connection: sqlite3.Connection, now: Moment, task: str, *, force: bool) -> Task:
    """Let a task be done again from its first attempt; a token given out before is void."""
    found = read(connection, task)
    _check_held(found, force=force)
    reopen(connection, found)
    fresh = {"attempts": 0, "lost_leases": 0, "result": None, "evidence": None, "error": None}
    return change(connection, found, now.wall, token=found.token + 1, **fresh, **waiting(now, 0))


def bury(connection: sqlite3.Connection, now: Moment, task: str, reason: str, *, force: bool) -> Task:
    """Give a task up; a token given out before is void."""
    found = read(connection, task)
    if found.status == "done":
        raise Refused(f"{task} is done", "a task that is done cannot be given up")
    _check_held(found, force=force)
    ended = {"status": "dead", "lease_until": None, "not_before": None, "completed_at": now.wall}
    why = plain(reason, "the reason")
    return change(connection, found, now.wall, token=found.token + 1, error=why, lost_by=None, **ended, **NO_TIMER)


def _check_held(task: Task, *, force: bool) -> None:
    """Refuse to take a task from a worker that may live, unless that is asked for."""
    if task.status == "claimed" and not force:
        raise Refused(
            f"{task.id} is held by {task.assignee}",
            "wait for its end or for the end of its lease; --force takes it away, and its report is refused then",
        )
