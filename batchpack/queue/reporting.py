"""What the holder of a task reports: still at it, given back, done, failed, skipped, more text."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any

from batchpack.errors import UsageError
from batchpack.queue.claiming import NO_TIMER, limits, timer
from batchpack.queue.rows import Refused, change, check_kept, check_version, given_back, held, lost, read, working
from batchpack.queue.settling import Disposition, check_complete, settle
from batchpack.queue.ticks import Moment
from batchpack.queue.values import ENDED, Task, dumped, note, plain, reason


def heartbeat(connection: sqlite3.Connection, now: Moment, task: str, token: int, lease: float) -> Task:
    """Let a claim last from now on; one that was taken back and that nobody took since is its worker's again."""
    found = working(connection, task, token)
    again = (
        {}
        if found.status == "claimed"
        else {"status": "claimed", "assignee": found.lost_by, "completed_at": None, "error": None}
    )
    return change(connection, found, now.wall, **again, lease_until=now.wall + lease, **timer(now, lease))


def release(connection: sqlite3.Connection, now: Moment, task: str, token: int, pause: float) -> Task:
    """Give a task back; the same word again changes nothing, and no other report of this claim is taken any more."""
    found = held(connection, task, token)
    if given_back(found):
        return found
    return change(connection, working(connection, task, token), now.wall, lost_by=None, **waiting(now, pause))


def complete(
    connection: sqlite3.Connection, now: Moment, task: str, token: int, evidence: Sequence[str], result: Any
) -> Task:
    """End a task as done; the same report again changes nothing."""
    shown = [line for line in evidence if line.strip()]
    if not shown:
        raise UsageError(f"{task} was reported done without evidence", "say what shows it: --evidence TEXT")
    told = {
        "result": None if result is None else dumped(result, "the result"),
        "evidence": dumped(shown, "the evidence"),
        "error": None,
    }
    found = held(connection, task, token)
    if _repeated(connection, found, "done", told):
        return found
    check_kept(found)
    check_complete(connection, found)
    return _end(connection, found, "done", told, now)


def fail(connection: sqlite3.Connection, now: Moment, task: str, token: int, error: str, pause: float | None) -> Task:
    """End a task as failed; with a pause it is tried again behind it, unless it had all its attempts."""
    told = {"error": reason(error, "the error"), "result": None, "evidence": None}
    found = held(connection, task, token)
    if _repeated(connection, found, "failed", told) or (pause is not None and given_back(found)):
        return found
    if pause is not None and found.attempts < limits(connection).attempts:
        return change(connection, found, now.wall, lost_by=None, error=told["error"], **waiting(now, pause))
    check_kept(found)
    return _end(connection, found, "failed", told, now)


def skip(connection: sqlite3.Connection, now: Moment, task: str, token: int | None, why: str) -> Task:
    """End a task as skipped, by its holder or, while nobody holds it, by anybody."""
    told = {"error": reason(why, "the reason"), "result": None, "evidence": None}
    found = read(connection, task) if token is None else held(connection, task, token)
    if _repeated(connection, found, "skipped", told):
        return found
    if token is None and found.status == "claimed":
        raise Refused(f"{task} is held by {found.assignee}", "its holder can skip it, with its --token")
    token = found.token if token is not None else found.token + 1
    return _end(connection, found, "skipped", {**told, "token": token}, now)


def append(
    connection: sqlite3.Connection, now: Moment, task: str, text: str, token: int | None, version: int | None
) -> Task:
    """Put text behind a task's body, on lines of its own; ended tasks take it too, as receipts come late."""
    found = read(connection, task) if token is None else held(connection, task, token)
    check_version(found, version)
    gap = "\n" if found.body and not found.body.endswith("\n") else ""
    body = plain(f"{found.body}{gap}{note(text, 'the note')}", f"the body of {task}")
    return change(connection, found, now.wall, body=body)


def waiting(now: Moment, pause: float) -> dict[str, Any]:
    """Return the columns of a task that waits for its next worker, at once or after a pause."""
    free = {"status": "pending", "assignee": None, "lease_until": None, "completed_at": None}
    if not pause:
        return {**free, **NO_TIMER, "not_before": None}
    return {**free, **timer(now, pause), "not_before": now.wall + pause}


def _repeated(connection: sqlite3.Connection, task: Task, status: Disposition, told: Mapping[str, Any]) -> bool:
    """Tell whether a report was taken already; raises Refused where the task ended otherwise.

    A task that died of lost leases still takes the report of its last holder.
    """
    if task.status not in ENDED or lost(task):
        return False
    row = connection.execute("SELECT result, evidence, error FROM task WHERE seq = ?", (task.seq,)).fetchone()
    if task.status == status and all(row[name] == value for name, value in told.items()):
        return True
    other = " with another report" if task.status == status else ""
    raise Refused(f"{task.id} is {task.status} already{other}", "the first report stays; claim the next task")


def _end(connection: sqlite3.Connection, task: Task, status: Disposition, told: Mapping[str, Any], now: Moment) -> Task:
    """End a task and account for its items."""
    assignee = task.assignee or task.lost_by
    ended = {"status": status, "assignee": assignee, "lease_until": None, "not_before": None, "completed_at": now.wall}
    changed = change(connection, task, now.wall, **ended, **NO_TIMER, **told)
    settle(connection, changed, status, told["error"] or "", now.wall)
    return changed
