"""For which task a thread works: what it says itself, else what the one says that started it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

DEEPEST = 64
"""How far up is looked for a tie; records that name each other as parents end there."""

_OWN = """SELECT t.session, s.host, s.name, t.part, t.parent, t.own_run, t.own_task, t.own_attempt,
    t.run, t.task, t.attempt
    FROM thread t JOIN session s ON s.id = t.session WHERE t.id = ?"""
_IN_SESSION = "SELECT id FROM thread WHERE session = ? AND part = ?"
_OF_SESSION = """SELECT t.id FROM thread t JOIN session s ON s.id = t.session WHERE s.host = ? AND s.name = ?
    AND t.part = ''"""
_PARTS = "SELECT id FROM thread WHERE session = ? AND part != '' AND parent IN ({marks})"
_CHILDREN = """SELECT t.id FROM thread t JOIN session s ON s.id = t.session WHERE t.parent = ? AND s.host = ?
    AND t.part = '' AND t.id != ?"""
_SET = "UPDATE thread SET run = ?, task = ?, attempt = ? WHERE id = ?"

Tie = tuple[str, str, int]


def spread(connection: sqlite3.Connection, changed: Iterable[int]) -> None:
    """Write the ties of threads that changed, and of all that they started, within a transaction of the caller's."""
    waiting = [(number, 0) for number in changed]
    seen: set[int] = set()
    while waiting:
        number, depth = waiting.pop()
        row = connection.execute(_OWN, (number,)).fetchone()
        tie = _tie(connection, number)
        if tie != tuple(row[8:11]):
            connection.execute(_SET, (*tie, number))
        elif number in seen:
            continue
        seen.add(number)
        if depth < DEEPEST:
            waiting += [(child, depth + 1) for child in _started(connection, number, row)]


def _tie(connection: sqlite3.Connection, number: int) -> Tie:
    """Return the nearest tie above a thread, its own first."""
    here: int | None = number
    for _ in range(DEEPEST):
        if here is None:
            break
        row = connection.execute(_OWN, (here,)).fetchone()
        if row["own_run"]:
            return row["own_run"], row["own_task"], row["own_attempt"]
        here = _above(connection, row)
    return "", "", 0


def _above(connection: sqlite3.Connection, row: sqlite3.Row) -> int | None:
    """Return the thread that started another: a part of the same session, or another session of the host."""
    if row["part"]:
        parent = row["parent"] if row["parent"] != row["name"] else ""
        found = connection.execute(_IN_SESSION, (row["session"], parent)).fetchone()
    elif row["parent"] and row["parent"] != row["name"]:
        found = connection.execute(_OF_SESSION, (row["host"], row["parent"])).fetchone()
    else:
        found = None
    return None if found is None else int(found[0])


def _started(connection: sqlite3.Connection, number: int, row: sqlite3.Row) -> list[int]:
    """Return the threads that a thread started."""
    names = (row["part"],) if row["part"] else ("", row["name"])
    query = _PARTS.format(marks=", ".join("?" * len(names)))
    found = [one[0] for one in connection.execute(query, (row["session"], *names))]
    if not row["part"]:
        found += [one[0] for one in connection.execute(_CHILDREN, (row["name"], row["host"], number))]
    return found
