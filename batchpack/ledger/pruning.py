"""Old facts removed for good."""

from __future__ import annotations

import sqlite3

from batchpack.database import transaction
from batchpack.ledger import meta, rebuilding
from batchpack.ledger.values import Pruned

_USAGE = "DELETE FROM usage WHERE key IN (SELECT key FROM usage WHERE at < ?)"
_MARKS = "DELETE FROM mark WHERE at < ?"
_THREADS = """DELETE FROM thread WHERE id NOT IN (SELECT thread FROM usage) AND id NOT IN (SELECT thread FROM mark)
    AND coalesce(last_at, 0) < ?"""
_SESSIONS = "DELETE FROM session WHERE id NOT IN (SELECT session FROM thread)"
_COMPLAINTS = "DELETE FROM complaint WHERE at < ?"
_COUNT = "SELECT count(DISTINCT key) FROM usage WHERE at < ?"


def prune(connection: sqlite3.Connection, before: float) -> Pruned:
    """Remove requests and marks from before a time, and the sessions that have nothing left, and give back the room."""
    with transaction(connection):
        horizon = max(before, meta.horizon(connection))
        requests = connection.execute(_COUNT, (horizon,)).fetchone()[0]
        connection.execute(_USAGE, (horizon,))
        marks = connection.execute(_MARKS, (horizon,)).rowcount
        connection.execute(_THREADS, (horizon,))
        sessions = connection.execute(_SESSIONS).rowcount
        connection.execute(_COMPLAINTS, (horizon,))
        rebuilding.add_up(connection)
        meta.put(connection, meta.HORIZON, horizon)
    connection.execute("VACUUM")
    return Pruned(requests, sessions, marks)
