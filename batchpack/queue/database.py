"""The file of a batch of items: SQLite with a write-ahead log, forced to disk with every transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from batchpack.database import connect, told, transaction
from batchpack.errors import BatchpackError

__all__ = ["NAME", "SCHEMA", "Newer", "create", "open", "opened", "told", "transaction"]

NAME = "items.sqlite"
SCHEMA = 1

TABLES = (
    "CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
    """CREATE TABLE item (
        seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, sha256 TEXT NOT NULL, at TEXT, category TEXT,
        size INTEGER NOT NULL, tokens INTEGER NOT NULL, locator TEXT NOT NULL DEFAULT '',
        start INTEGER NOT NULL DEFAULT 0, chunk INTEGER)""",
    "CREATE INDEX item_chunk ON item (chunk, seq)",
    """CREATE TABLE chunk (
        number INTEGER PRIMARY KEY, label TEXT NOT NULL, items INTEGER NOT NULL, size INTEGER NOT NULL,
        tokens INTEGER NOT NULL)""",
    """CREATE TABLE task (
        seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE,
        kind TEXT NOT NULL DEFAULT 'task' CHECK (kind IN ('item', 'chunk', 'task')),
        chunk INTEGER, item TEXT, title TEXT NOT NULL DEFAULT '', body TEXT NOT NULL DEFAULT '',
        status TEXT NOT NULL DEFAULT 'pending'
            CHECK (status IN ('pending', 'claimed', 'done', 'failed', 'skipped', 'dead')),
        assignee TEXT, token INTEGER NOT NULL DEFAULT 0, attempts INTEGER NOT NULL DEFAULT 0,
        lost_leases INTEGER NOT NULL DEFAULT 0, lost_at REAL, lost_by TEXT,
        lease_until REAL, not_before REAL, timer_seconds REAL, timer_ticks REAL, timer_boot TEXT,
        priority INTEGER NOT NULL DEFAULT 0,
        created_at REAL NOT NULL, updated_at REAL NOT NULL, claimed_at REAL, completed_at REAL,
        result TEXT, evidence TEXT, error TEXT, version INTEGER NOT NULL DEFAULT 1)""",
    "CREATE INDEX task_next ON task (status, priority DESC, seq)",
    "CREATE INDEX task_status ON task (status, seq)",
    "CREATE INDEX task_chunk ON task (chunk)",
    """CREATE TABLE record (
        item TEXT PRIMARY KEY, task TEXT NOT NULL, category TEXT,
        disposition TEXT NOT NULL CHECK (disposition IN ('done', 'failed', 'skipped')),
        rationale TEXT NOT NULL DEFAULT '', data TEXT, at REAL NOT NULL, token INTEGER NOT NULL)""",
    "CREATE INDEX record_task ON record (task)",
)
"""The fields of an item are the line of a file beside this one that begins at the byte `start`.

Times are seconds since 1970. What decides is the timer: of the lease while a task is claimed, of its pause before.

`timer_ticks` is its end on the clock of one boot, `timer_boot` says of which; `lease_until` and `not_before` only tell.
"""


class Newer(BatchpackError):
    """A file that a newer version made."""

    def __init__(self, path: Path, found: int) -> None:
        super().__init__(
            f"{path} was made by a newer batchpack (its schema is {found}, this one knows {SCHEMA})",
            "update batchpack on this machine; the file was not changed",
        )


def create(path: Path) -> None:
    """Make the file of a batch with all its tables, in one step; raises BatchpackError where one stands already."""
    with closing(connect(path)) as connection, transaction(connection):
        if _schema(connection):
            raise BatchpackError(f"{path} is there already", "choose another name for the batch")
        for table in TABLES:
            connection.execute(table)
        connection.execute(f"PRAGMA user_version = {SCHEMA}")


def open(path: Path) -> sqlite3.Connection:  # noqa: A001 - called as database.open
    """Open the file of a batch; whoever opens it closes it.

    Rows answer to names; changes are made within `transaction`.
    Raises BatchpackError where none stands, Newer for one of a newer version, BrokenFile for what is none.
    """
    if not path.is_file():
        raise BatchpackError(f"there is no batch of items in {path.parent}", "make one with: batchpack items add")
    connection = connect(path)
    try:
        with told(path):
            connection.execute("PRAGMA trusted_schema = OFF")  # agents can reach the file
            _check(connection, path)
    except BaseException:
        connection.close()
        raise
    return connection


@contextmanager
def opened(path: Path) -> Iterator[sqlite3.Connection]:
    """Hold the file of a batch open, with the errors of SQLite in words."""
    with closing(open(path)) as connection, told(path):
        yield connection


def _check(connection: sqlite3.Connection, path: Path) -> None:
    """Refuse what a newer version made and what was never finished."""
    found = _schema(connection)
    if found > SCHEMA:
        raise Newer(path, found)
    if found < SCHEMA:
        raise BatchpackError(f"{path} holds no batch: making it was cut short", "make it anew: batchpack items add")


def _schema(connection: sqlite3.Connection) -> int:
    """Return the version of a file's tables; 0 before there are any."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])
