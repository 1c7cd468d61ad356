"""Old facts removed for good."""

from __future__ import annotations

import sqlite3
from contextlib import suppress
from pathlib import Path

from batchpack.database import told, transaction
from batchpack.errors import Busy, Unwritable
from batchpack.ledger import meta, rebuilding
from batchpack.ledger.values import Pruned

_USAGE = "DELETE FROM usage WHERE key IN (SELECT key FROM usage WHERE at < ?)"
_MARKS = "DELETE FROM mark WHERE at < ?"
_IDLE = """SELECT id FROM session
    WHERE (met_at < ? OR id IN (SELECT session FROM thread WHERE last_at IS NOT NULL))
    AND id NOT IN (SELECT session FROM thread WHERE id IN (SELECT thread FROM usage UNION SELECT thread FROM mark))"""
_SESSIONS = f"DELETE FROM session WHERE id IN ({_IDLE})"  # noqa: S608 - a constant of ours
_THREADS = "DELETE FROM thread WHERE session NOT IN (SELECT id FROM session)"
_COMPLAINTS = "DELETE FROM complaint WHERE at < ?"
_COUNT = "SELECT count(DISTINCT key) FROM usage WHERE at < ?"


def prune(connection: sqlite3.Connection, path: Path, before: float) -> Pruned:
    """Remove requests and marks from before a time, and the sessions that have nothing left, and give back the room.

    A session that was heard of since stays if it never had any: what ties it to a task may come before its requests do.
    """
    with transaction(connection):
        horizon = max(before, meta.horizon(connection))
        requests = connection.execute(_COUNT, (horizon,)).fetchone()[0]
        connection.execute(_USAGE, (horizon,))
        marks = connection.execute(_MARKS, (horizon,)).rowcount
        sessions = connection.execute(_SESSIONS, (horizon,)).rowcount
        connection.execute(_THREADS)
        connection.execute(_COMPLAINTS, (horizon,))
        rebuilding.add_up(connection)
        meta.put(connection, meta.HORIZON, horizon)
    with suppress(Busy, Unwritable), told(path):  # somebody reads, or a full disk: the room is given back the next time
        connection.execute("VACUUM")
    return Pruned(requests, sessions, marks)
