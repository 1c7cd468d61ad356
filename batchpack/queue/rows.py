"""Tasks as rows: read, changed, and refused where a report comes from somebody who does not hold them."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import fields
from typing import Any

from batchpack.errors import BatchpackError
from batchpack.queue.values import ENDED, Task, said

COLUMNS = ", ".join(field.name for field in fields(Task))


class UnknownTask(BatchpackError):
    """An id that there is no task of."""

    def __init__(self, task: str) -> None:
        super().__init__(f"there is no task {task[:80]!r} in this batch", "see them: batchpack items tasks")


class Refused(BatchpackError):
    """What a task's state does not allow."""


class StaleClaim(Refused):
    """A report with a token that is not the present one: somebody else may be at work, so nothing is taken over."""

    def __init__(self, task: Task, token: int) -> None:
        known = 0 < token <= task.token
        lost = f" at {said(task.lost_at)}" if task.lost_at is not None else ""
        over = (
            f"your claim of {task.id} (token {token}) was lost{lost}"
            if known
            else f"no claim of {task.id} had token {token}"
        )
        super().__init__(
            f"{over}: {_now(task)}",
            "nothing was taken over; leave this task and claim the next one",
        )


def _now(task: Task) -> str:
    """Say whose a task is now."""
    if task.status == "claimed":
        return f"{task.assignee} has it now, with token {task.token}"
    if task.status in ENDED:
        return f"it is {task.status} by now"
    return "it waits for its next worker"


def to_task(row: sqlite3.Row) -> Task:
    """Make a task of its row."""
    facts = {name: row[name] for name in row.keys() if name in _NAMES}  # noqa: SIM118 - a row is no mapping
    facts["result"] = None if facts["result"] is None else json.loads(facts["result"])
    facts["evidence"] = tuple(json.loads(facts["evidence"] or "[]"))
    return Task(**facts)


_NAMES = frozenset(field.name for field in fields(Task))


def read(connection: sqlite3.Connection, task: str) -> Task:
    """Return a task; raises UnknownTask."""
    row = connection.execute(f"SELECT {COLUMNS} FROM task WHERE id = ?", (task,)).fetchone()  # noqa: S608
    if row is None:
        raise UnknownTask(task)
    return to_task(row)


def change(connection: sqlite3.Connection, task: Task, wall: float, **values: Any) -> Task:
    """Write some columns of a task and return it as it stands then."""
    values |= {"updated_at": wall, "version": task.version + 1}
    named = ", ".join(f"{name} = :{name}" for name in values)
    statement = f"UPDATE task SET {named} WHERE seq = :seq RETURNING {COLUMNS}"  # noqa: S608 - names of ours
    return to_task(connection.execute(statement, {**values, "seq": task.seq}).fetchone())


def held(connection: sqlite3.Connection, task: str, token: int) -> Task:
    """Return a task to whoever claimed it last, ended or not; raises StaleClaim for everybody else.

    A claim that ran out stays good until somebody else takes the task: what was worked meanwhile is not thrown away.
    """
    found = read(connection, task)
    if found.token != token or found.attempts == 0:
        raise StaleClaim(found, token)
    return found


def working(connection: sqlite3.Connection, task: str, token: int) -> Task:
    """Return a task that is not ended to whoever claimed it last; raises StaleClaim or Refused.

    One that died of lost leases is not ended for the worker that was the last to be lost, and lives.
    """
    found = held(connection, task, token)
    if found.status in ENDED and not lost(found):
        raise Refused(f"{task} is {found.status} already", "claim the next one")
    check_kept(found)
    return found


def given_back(task: Task) -> bool:
    """Tell whether its last holder gave a task back, rather than that it was taken from it."""
    return task.status == "pending" and task.lost_by is None


def lost(task: Task) -> bool:
    """Tell whether a task was taken from its last holder by time alone, so that its report is still good."""
    return task.status in ("pending", "dead") and task.lost_by is not None


def check_kept(task: Task) -> None:
    """Refuse a report about a task that its holder gave back."""
    if given_back(task):
        raise Refused(f"{task.id} was given back with this token", "claim it anew")


def check_version(task: Task, version: int | None) -> None:
    """Refuse to change a task that is not as the reader saw it."""
    if version is not None and task.version != version:
        raise Refused(
            f"{task.id} was changed meanwhile: it is at version {task.version}, not {version}",
            "read it anew and decide again",
        )
