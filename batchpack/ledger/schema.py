"""The tables of the ledger, made and migrated in one transaction each.

`usage` is append-only: the rows of one request, known by its `key`, add up to what it used. Where a count grew, a row
has the difference; where the request turned out to lie elsewhere (an earlier time, another band of prices), a row takes
back what was said and another says it anew. `rollup` holds the sums of `usage` by thread and quarter of an hour,
`total` those by thread alone; both are kept in the transactions that append, so that no sum reads `usage` whole.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

from batchpack.database import transaction
from batchpack.errors import BatchpackError, BrokenFile

COUNTS = (
    "requests", "input", "output", "cache_read", "write_5m", "write_1h", "web_searches", "said", "said_requests",
)  # fmt: skip
"""The columns that add up; `said` is in billionths of a dollar, so that sums do not depend on their order."""
PLACE = ("thread", "at", "model", "band", "batch", "geography", "summary")
"""The columns that say where the counts of a row belong; `summary` marks a request that tells of a whole session."""
GROUP = ("thread", "slot", "model", "band", "batch", "geography", "summary")
"""The columns that a rollup is made by."""
WHOLE = tuple(name for name in GROUP if name != "slot")
"""The columns that a total is made by."""
SLOT_SECONDS = 900
"""Quarters of an hour: every time zone's days begin with one."""
NO_SLOT = -1
"""The slot of requests without a time."""

_FIRST = (
    "CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
    """CREATE TABLE source (collector TEXT NOT NULL, key TEXT NOT NULL, stamp TEXT NOT NULL, cursor TEXT NOT NULL,
        PRIMARY KEY (collector, key)) WITHOUT ROWID""",
    """CREATE TABLE complaint (id INTEGER PRIMARY KEY, collector TEXT NOT NULL, source TEXT NOT NULL,
        reason TEXT NOT NULL, place TEXT NOT NULL, at REAL NOT NULL, times INTEGER NOT NULL, whole INTEGER NOT NULL,
        UNIQUE (collector, source, reason))""",
    """CREATE TABLE session (id INTEGER PRIMARY KEY, host TEXT NOT NULL, name TEXT NOT NULL,
        own INTEGER NOT NULL DEFAULT 0,
        met_at REAL NOT NULL, UNIQUE (host, name))""",
    """CREATE TABLE thread (id INTEGER PRIMARY KEY, session INTEGER NOT NULL, part TEXT NOT NULL,
        parent TEXT NOT NULL, call TEXT NOT NULL, agent TEXT NOT NULL, project TEXT NOT NULL,
        own_run TEXT NOT NULL, own_task TEXT NOT NULL, own_attempt INTEGER NOT NULL,
        run TEXT NOT NULL, task TEXT NOT NULL, attempt INTEGER NOT NULL,
        first_at REAL, last_at REAL, UNIQUE (session, part))""",
    "CREATE INDEX thread_parent ON thread (parent)",
    "CREATE INDEX thread_run ON thread (run)",
    "CREATE TABLE model (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE)",
    "INSERT INTO model (id, name) VALUES (0, '')",
    f"""CREATE TABLE usage (id INTEGER PRIMARY KEY, key INTEGER NOT NULL, thread INTEGER NOT NULL, at REAL,
        model INTEGER NOT NULL, band INTEGER NOT NULL, batch INTEGER NOT NULL, geography TEXT NOT NULL,
        summary INTEGER NOT NULL, {", ".join(f"{name} INTEGER NOT NULL" for name in COUNTS)})""",
    "CREATE INDEX usage_key ON usage (key)",
    "CREATE INDEX usage_at ON usage (at)",
    f"""CREATE TABLE rollup (thread INTEGER NOT NULL, slot INTEGER NOT NULL, model INTEGER NOT NULL,
        band INTEGER NOT NULL, batch INTEGER NOT NULL, geography TEXT NOT NULL, summary INTEGER NOT NULL,
        {", ".join(f"{name} INTEGER NOT NULL" for name in COUNTS)}, PRIMARY KEY ({", ".join(GROUP)})) WITHOUT ROWID""",
    f"""CREATE TABLE total (thread INTEGER NOT NULL, model INTEGER NOT NULL, band INTEGER NOT NULL,
        batch INTEGER NOT NULL, geography TEXT NOT NULL, summary INTEGER NOT NULL,
        {", ".join(f"{name} INTEGER NOT NULL" for name in COUNTS)}, PRIMARY KEY ({", ".join(WHOLE)})) WITHOUT ROWID""",
    """CREATE TABLE mark (thread INTEGER NOT NULL, at REAL NOT NULL, event TEXT NOT NULL,
        PRIMARY KEY (thread, at, event)) WITHOUT ROWID""",
)
MIGRATIONS = (_FIRST,)
"""The statements that lead from each version to the next; an entry that was released is never changed."""
VERSION = len(MIGRATIONS)


def version(connection: sqlite3.Connection) -> int:
    """Return the version of the tables that are there, 0 for none."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def migrate(connection: sqlite3.Connection, path: Path) -> None:
    """Bring the tables to this version, all steps or none; raises BatchpackError for those of a later version."""
    if version(connection) == VERSION:
        return
    with transaction(connection):
        found = version(connection)  # another process may have been here first
        if found > VERSION:
            raise BatchpackError(
                f"{path} was written by a newer batchpack (version {found} of its tables, this one knows {VERSION})",
                "update batchpack; the file was not changed",
            )
        if not found and connection.execute("SELECT 1 FROM sqlite_master").fetchone():
            raise BrokenFile(path, "it is the database of another program")
        for statements in MIGRATIONS[found:]:
            for statement in statements:
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {VERSION}")
