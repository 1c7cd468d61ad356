"""A batch with one task that a worker has claimed, made by hand."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from batchpack.queue import database


def make_batch(folder: Path, *tasks: str, token: int = 1) -> Path:
    """Make the file of a batch whose tasks are claimed by worker-1."""
    path = folder / database.NAME
    database.create(path)
    with database.opened(path) as connection, database.transaction(connection):
        for task in tasks or ("chunk-01",):
            connection.execute(
                "INSERT INTO task (id, status, assignee, token, attempts, created_at, updated_at)"
                " VALUES (?, ?, ?, ?, 1, 1, 1)",
                (task, "claimed", "worker-1", token),
            )
    return folder


def change(folder: Path, statement: str, *values: object) -> None:
    """Change the file of a batch."""
    with database.opened(folder / database.NAME) as connection, database.transaction(connection):
        connection.execute(statement, values)


def body(folder: Path, task: str = "chunk-01") -> str:
    """Return a task's body."""
    with database.opened(folder / database.NAME) as connection:
        row: sqlite3.Row = connection.execute("SELECT body FROM task WHERE id = ?", (task,)).fetchone()
        return str(row["body"])
