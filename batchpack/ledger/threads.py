"""Sessions and their parts, whatever order they are told in: what is known grows, and disagreement has one outcome."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterable

from batchpack.collector import Session
from batchpack.ledger import ties

Name = tuple[str, str, str]
"""The host, the session's id and the part that name a thread."""


_ADD_SESSION = "INSERT INTO session (host, name, met_at) VALUES (?, ?, ?)"
_FIND_SESSION = "SELECT id FROM session WHERE host = ? AND name = ?"
_FIND = """SELECT id, parent, call, agent, project, own_run, own_task, own_attempt FROM thread
    WHERE session = ? AND part = ?"""
_ADD = """INSERT INTO thread (session, part, parent, call, agent, project, own_run, own_task, own_attempt,
    run, task, attempt) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, '', '', 0)"""
_CHANGE = """UPDATE thread SET parent = ?, call = ?, agent = ?, project = ?, own_run = ?, own_task = ?,
    own_attempt = ? WHERE id = ?"""


def merged(one: Session, other: Session) -> Session:
    """Return what two tellings of one thread come to: known beats unknown; of two that differ, the lesser stays.

    So the outcome is the same in every order. Run, task and attempt are taken together, the fuller ones first.
    """
    if one == other:
        return one
    words = map(_either, one[3:7], other[3:7])
    return Session._make([*one[:3], *words, *_fuller(one[7:], other[7:])])


def _either(one: str, other: str) -> str:
    """Return the known one of two words, or the lesser."""
    return min(one, other) if one and other else one or other


def _fuller(one: tuple[str, str, int], other: tuple[str, str, int]) -> tuple[str, str, int]:
    """Return the tie that says more, or the lesser."""
    return min((one, other), key=lambda tie: (sum(not word for word in tie), tie))


def store(connection: sqlite3.Connection, told: Iterable[Session]) -> dict[Name, int]:
    """Write what was told of some threads, within a transaction of the caller's, and return their numbers."""
    sessions: dict[tuple[str, str], int] = {}
    found: dict[Name, int] = {}
    changed: list[int] = []
    for one in told:
        of = one[:2]
        if of not in sessions:
            sessions[of] = _session(connection, *of)
        number, new = _thread(connection, sessions[of], one)
        found[one[:3]] = number
        if new:
            changed.append(number)
    ties.spread(connection, changed)
    return found


def _session(connection: sqlite3.Connection, host: str, name: str) -> int:
    """Return the number of a session, made where it is missing."""
    row = connection.execute(_FIND_SESSION, (host, name)).fetchone()
    if row is None:
        return int(connection.execute(_ADD_SESSION, (host, name, time.time())).lastrowid or 0)
    return int(row[0])


def _thread(connection: sqlite3.Connection, session: int, told: Session) -> tuple[int, bool]:
    """Return the number of a thread and whether there is something new about it, which is written."""
    row = connection.execute(_FIND, (session, told.part)).fetchone()
    if row is None:
        return int(connection.execute(_ADD, (session, *told[2:])).lastrowid or 0), True
    number, *known = row
    outcome = merged(Session._make([*told[:3], *known]), told)
    if outcome[3:] == tuple(known):
        return number, False
    connection.execute(_CHANGE, (*outcome[3:], number))
    return number, True
