"""What could not be read, kept so that it is told once."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from batchpack.collector import Complaint
from batchpack.ledger import checking
from batchpack.ledger.values import Told

MOST_REASONS = 20
"""Reasons kept of one source."""
MORE = "there is more that could not be read"

_STORE = """INSERT INTO complaint (collector, source, reason, place, at, times, whole) VALUES (?, ?, ?, ?, ?, 1, ?)
    ON CONFLICT DO UPDATE SET times = times + 1"""
_REASONS = "SELECT reason FROM complaint WHERE collector = ? AND source = ?"
_SETTLE = "DELETE FROM complaint WHERE collector = ? AND source = ? AND whole"
_STANDS = "SELECT 1 FROM complaint WHERE collector = ? AND source = ? AND whole"
_ALL = "SELECT collector, source, reason, place, at, times, whole FROM complaint ORDER BY id"


def store(
    connection: sqlite3.Connection,
    collector: str,
    source: str,
    told: Iterable[Complaint],
    now: float,
    whole: bool = False,
) -> tuple[Told, ...]:
    """Write complaints about a source, within a transaction of the caller's; return those that are new.

    Complaints for one reason are kept as one, with the first place.
    """
    new: list[Told] = []
    known = {row[0] for row in connection.execute(_REASONS, (collector, source))}
    for one in told:
        reason = checking.text(one.reason)
        if reason not in known and len(known) >= MOST_REASONS:
            reason = MORE
        clean = Complaint(reason, checking.text(one.where))
        connection.execute(_STORE, (collector, source, *clean, now, whole))
        if reason not in known:
            known.add(reason)
            new.append(Told(collector, source, clean, now, 1, whole))
    return tuple(new)


def stands(connection: sqlite3.Connection, collector: str, source: str) -> bool:
    """Tell whether it is stored that a source could not be read as a whole."""
    return connection.execute(_STANDS, (collector, source)).fetchone() is not None


def settle(connection: sqlite3.Connection, collector: str, source: str) -> None:
    """Take back that a source could not be read as a whole, within a transaction of the caller's."""
    connection.execute(_SETTLE, (collector, source))


def all_of(connection: sqlite3.Connection) -> list[Told]:
    """Return all complaints, oldest first."""
    return [
        Told(collector, source, Complaint(reason, place), at, times, bool(whole))
        for collector, source, reason, place, at, times, whole in connection.execute(_ALL)
    ]
