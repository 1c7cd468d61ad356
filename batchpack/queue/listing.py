"""Tasks added, paged and counted."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from typing import Any

from batchpack.errors import UsageError
from batchpack.queue import ids
from batchpack.queue.rows import COLUMNS, Refused, to_task
from batchpack.queue.ticks import LEFT, Moment
from batchpack.queue.values import STATUSES, Draft, Page, Status, note, plain

PAGE_LIMIT = 1000
_ADD = """INSERT INTO task (id, kind, title, body, chunk, item, priority, created_at, updated_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"""


def add(connection: sqlite3.Connection, now: Moment, drafts: Iterable[Draft]) -> int:
    """Add tasks within a transaction of the caller's; raises Refused for an id that is there already."""
    before = connection.total_changes
    try:
        connection.executemany(_ADD, (_row(draft, now) for draft in drafts))
    except sqlite3.IntegrityError as error:
        if "task.id" not in str(error):
            raise
        raise Refused("a task of the same name is there already", "choose other names; none was added") from error
    return connection.total_changes - before


def _row(draft: Draft, now: Moment) -> tuple[Any, ...]:
    """Return a draft's columns, checked."""
    named, title, body = ids.check("task", draft.id), plain(draft.title, "the title"), note(draft.body, "the body")
    return named, draft.kind, title, body, draft.chunk, draft.item, draft.priority, now.wall, now.wall


def page(connection: sqlite3.Connection, status: Status | None, assignee: str | None, after: int, limit: int) -> Page:
    """Return tasks behind a place; asking for one more than wanted tells whether there are more."""
    if not 1 <= limit <= PAGE_LIMIT:
        raise UsageError(f"a page of {limit} tasks cannot be given", f"give 1 to {PAGE_LIMIT}")
    words = {"status": status, "assignee": assignee, "after": after, "limit": limit + 1}
    asked = [f"{name} = :{name}" for name in ("status", "assignee") if words[name] is not None]
    where = " AND ".join([*asked, "seq > :after"])
    statement = f"SELECT {COLUMNS} FROM task WHERE {where} ORDER BY seq LIMIT :limit"  # noqa: S608 - names of ours
    found = connection.execute(statement, words).fetchall()
    tasks = tuple(to_task(row) for row in found[:limit])
    return Page(tasks, tasks[-1].seq if len(found) > limit else None)


def counts(connection: sqlite3.Connection) -> dict[Status, int]:
    """Return how many tasks there are of each status, those of none too."""
    found = dict(connection.execute("SELECT status, count(*) FROM task GROUP BY status").fetchall())
    return {status: found.get(status, 0) for status in STATUSES}


def soonest(connection: sqlite3.Connection, now: Moment) -> float | None:
    """Return within how many seconds a task may be there to claim: one waits, a pause or a lease ends."""
    asked = f"SELECT min(coalesce({LEFT}, 0)) FROM task WHERE status IN ('pending', 'claimed')"  # noqa: S608
    found = connection.execute(asked, {"ticks": now.ticks, "boot": now.boot}).fetchone()[0]
    return None if found is None else max(0.0, found)
