"""Claims: one winner for each, and what the dead held returned."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from batchpack.errors import UsageError
from batchpack.queue import batches
from batchpack.queue.rows import COLUMNS, Refused, check_version, read, to_task
from batchpack.queue.ticks import OVER, Moment
from batchpack.queue.values import ENDED, Limits, Task

LONGEST_SECONDS = 7 * 86400.0
LIMITS = "limits"

NO_TIMER: Mapping[str, None] = {"timer_seconds": None, "timer_ticks": None, "timer_boot": None}
"""The columns of a timer that does not run."""

_REAP = f"""UPDATE task SET lost_by = assignee, assignee = NULL, lease_until = NULL,
    timer_seconds = NULL, timer_ticks = NULL, timer_boot = NULL, lost_leases = lost_leases + 1,
    lost_at = :wall, updated_at = :wall, version = version + 1,
    status = CASE WHEN lost_leases + 1 >= :limit THEN 'dead' ELSE 'pending' END,
    completed_at = CASE WHEN lost_leases + 1 >= :limit THEN :wall END,
    error = CASE WHEN lost_leases + 1 >= :limit
        THEN 'given up: ' || (lost_leases + 1) || ' workers were lost with it, the last was ' || assignee ELSE error END
    WHERE status = 'claimed' AND {OVER} RETURNING {COLUMNS}"""  # noqa: S608 - constants of ours
_NEXT = f"""SELECT seq FROM task WHERE status = 'pending' AND (timer_seconds IS NULL OR {OVER})
    ORDER BY priority DESC, seq LIMIT 1"""  # noqa: S608
_CLAIM = """UPDATE task SET status = 'claimed', assignee = :worker, token = token + 1, attempts = attempts + 1,
    lease_until = :wall + :lease, not_before = NULL, timer_seconds = :lease, timer_ticks = :ticks + :lease,
    timer_boot = :boot, lost_by = NULL, claimed_at = :wall, completed_at = NULL, updated_at = :wall,
    version = version + 1 WHERE {which} RETURNING {columns}"""
_CLAIM_NEXT = _CLAIM.format(which=f"seq = ({_NEXT})", columns=COLUMNS)
_CLAIM_ONE = _CLAIM.format(which="seq = :seq", columns=COLUMNS)


class Limited(Refused):
    """A worker, or all of them together, hold as many tasks as they may."""


def limits(connection: sqlite3.Connection) -> Limits:
    """Return the limits of a batch; those it says nothing of are the usual ones."""
    found = batches.get(connection, LIMITS)
    return Limits(**found) if isinstance(found, dict) else Limits()


def set_limits(connection: sqlite3.Connection, wanted: Limits) -> None:
    """Write the limits of a batch."""
    batches.put(connection, LIMITS, asdict(wanted))


def reap(connection: sqlite3.Connection, now: Moment, limit: int) -> tuple[Task, ...]:
    """Take back what is held by claims that ran out; at the `limit`th loss a task is dead."""
    return tuple(to_task(row) for row in connection.execute(_REAP, {**_words(now), "limit": limit}).fetchall())


def timer(now: Moment, seconds: float) -> Mapping[str, Any]:
    """Return the columns of a timer that runs for some seconds."""
    return {"timer_seconds": seconds, "timer_ticks": now.ticks + seconds, "timer_boot": now.boot}


def reap_all(connection: sqlite3.Connection, now: Moment) -> tuple[Task, ...]:
    """Take back what is held by claims that ran out, by the limits of the batch."""
    return reap(connection, now, limits(connection).lost_leases)


def check_lease(seconds: float) -> float:
    """Return the length of a lease; raises UsageError for one of less than a second or more than a week."""
    if not 1 <= seconds <= LONGEST_SECONDS:
        raise UsageError(f"a lease of {seconds:g} seconds cannot be given", "give 1 to 604800 seconds, which is a week")
    return seconds


def check_pause(seconds: float) -> float:
    """Return the length of a pause; raises UsageError for one below nothing or of more than a week."""
    if not 0 <= seconds <= LONGEST_SECONDS:
        raise UsageError(f"a pause of {seconds:g} seconds cannot be given", "give 0 to 604800 seconds, which is a week")
    return seconds


def claim_next(connection: sqlite3.Connection, now: Moment, worker: str, lease: float) -> Task | None:
    """Give a worker the first of the waiting tasks; None where none waits."""
    _make_room(connection, worker, now)
    row = connection.execute(_CLAIM_NEXT, {**_words(now), "worker": worker, "lease": lease}).fetchone()
    return None if row is None else to_task(row)


def claim_one(
    connection: sqlite3.Connection, now: Moment, worker: str, lease: float, task: str, version: int | None
) -> Task:
    """Give a worker a task by name; raises Refused where it is held, ended or paused."""
    _make_room(connection, worker, now)
    found = read(connection, task)
    check_version(found, version)
    _check_free(connection, found, worker, now)
    words = {**_words(now), "worker": worker, "lease": lease, "seq": found.seq}
    return to_task(connection.execute(_CLAIM_ONE, words).fetchone())


def _words(now: Moment) -> dict[str, Any]:
    """Return a moment as the statements name it."""
    return {"wall": now.wall, "ticks": now.ticks, "boot": now.boot}


def _make_room(connection: sqlite3.Connection, worker: str, now: Moment) -> None:
    """Take back what ran out, then refuse a claim beyond the limits."""
    allowed = limits(connection)
    reap(connection, now, allowed.lost_leases)
    if allowed.claims is not None and _held(connection) >= allowed.claims:
        raise Limited(
            f"workers hold as many tasks as they may together: {allowed.claims}",
            "wait until one of them is ended, or raise the limit with: batchpack items limits --claims",
        )
    if allowed.claims_per_worker is not None and _held(connection, worker) >= allowed.claims_per_worker:
        raise Limited(
            f"{worker} holds as many tasks as one worker may: {allowed.claims_per_worker}",
            f"end what it holds, see: batchpack items tasks --worker {worker}",
        )


def _held(connection: sqlite3.Connection, worker: str | None = None) -> int:
    """Count the tasks that are held, by a worker or by all."""
    where = "status = 'claimed'" + ("" if worker is None else " AND assignee = :worker")
    found = connection.execute(f"SELECT count(*) FROM task WHERE {where}", {"worker": worker})  # noqa: S608
    return int(found.fetchone()[0])


def _check_free(connection: sqlite3.Connection, task: Task, worker: str, now: Moment) -> None:
    """Refuse a task that cannot be claimed now, and say why."""
    if task.status == "claimed" and task.assignee == worker:
        raise Refused(
            f"{worker} has {task.id} already, with token {task.token}",
            "if that is you, go on with this token; if it is another by this name, claim the next task",
        )
    if task.status == "claimed":
        raise Refused(f"{task.id} is held by {task.assignee}", "claim the next task")
    if task.status in ENDED:
        raise Refused(f"{task.id} is {task.status}", f"to do it again, first run: batchpack items requeue {task.id}")
    paused = f"SELECT 1 FROM task WHERE seq = :seq AND timer_seconds IS NOT NULL AND NOT ({OVER})"  # noqa: S608
    if connection.execute(paused, {**_words(now), "seq": task.seq}).fetchone():
        raise Refused(f"{task.id} is paused after its last attempt", "claim the next task")
