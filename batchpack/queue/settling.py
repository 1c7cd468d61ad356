"""The items of a task that ends: each is accounted for, by its worker's record or by one made here."""

from __future__ import annotations

import sqlite3
from typing import Literal

from batchpack.queue.rows import Refused
from batchpack.queue.values import Task

Disposition = Literal["done", "failed", "skipped"]

_MEANT = "(item.chunk = :chunk OR item.id = :item)"
_WITHOUT = f"""FROM item LEFT JOIN record ON record.item = item.id
    WHERE record.item IS NULL AND {_MEANT} ORDER BY item.seq"""
_FILL = f"""INSERT INTO record (item, task, category, disposition, rationale, data, at, token)
    SELECT item.id, :task, item.category, :disposition, :rationale, NULL, :at, :token {_WITHOUT}"""
SHOWN = 5


def check_complete(connection: sqlite3.Connection, task: Task) -> None:
    """Refuse to end a task about a chunk as done while items of it have no record: that is how items get lost."""
    if task.kind != "chunk":
        return
    words = {"chunk": task.chunk, "item": None}
    missing = int(connection.execute(f"SELECT count(*) {_WITHOUT}", words).fetchone()[0])
    if missing:
        rows = connection.execute(f"SELECT item.id {_WITHOUT} LIMIT {SHOWN}", words)
        shown = ", ".join(row[0] for row in rows) + (" …" if missing > SHOWN else "")
        raise Refused(
            f"{task.id} is not done: {missing} of its items have no record: {shown}",
            "judge each of them with `batchpack items record`, then complete the task",
        )


def settle(connection: sqlite3.Connection, task: Task, disposition: Disposition, rationale: str, wall: float) -> None:
    """Make a record for each item of an ended task that has none."""
    words = {"chunk": task.chunk if task.kind == "chunk" else None, "item": task.item, "task": task.id}
    facts = {"disposition": disposition, "rationale": rationale, "at": wall, "token": task.token}
    connection.execute(_FILL, {**words, **facts})


def reopen(connection: sqlite3.Connection, task: Task) -> None:
    """Forget the records of a task that is done again; what a worker did in a task that failed stays done."""
    kept = "" if task.status == "done" else " AND disposition != 'done'"
    connection.execute(f"DELETE FROM record WHERE task = ?{kept}", (task.id,))  # noqa: S608
