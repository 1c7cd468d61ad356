"""The collector `opencode`: what models used, from its database of sessions."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from batchpack.collector import Complaint, Cursor, Fact, Portion, Session, Source
from batchpack.errors import BrokenFile

from .answers import answered  # noqa: TID252 - plugins are loaded by path, their package's name is the manager's
from .records import databases, opened, stamp  # noqa: TID252 - plugins are loaded by path, their package's name is the manager's
from .threads import Threads  # noqa: TID252 - plugins are loaded by path, their package's name is the manager's

NAME = "opencode"
TITLE = "opencode's sessions"

MESSAGES = 500
"""Messages in a portion."""
MOST_OPEN = 1_000
"""Answers that are looked at again because they had no end; a host that was killed leaves some that never have one."""
LONGEST = 4_000_000
"""Characters of a message that are read; an answer has a few hundred."""
TABLES: Mapping[str, frozenset[str]] = {
    "session": frozenset({"id", "parent_id"}),
    "message": frozenset({"id", "session_id", "time_created", "data"}),
    "part": frozenset({"id", "message_id", "session_id", "data"}),
}
PROJECTS = "project"
OTHERS = "session_message"
"""Where opencode 2 keeps messages."""
OF_OTHERS = "SELECT 1 FROM session_message WHERE type = 'assistant' LIMIT 1"
NEXT = """
WITH wanted(row) AS (
    SELECT rowid FROM message WHERE id IN (SELECT value FROM json_each(:open))
    UNION SELECT * FROM (SELECT rowid FROM message WHERE rowid > :row ORDER BY rowid LIMIT :messages)
)
SELECT row, id, session_id, time_created, CASE WHEN length(data) <= :longest THEN data END AS data
FROM wanted JOIN message ON message.rowid = row ORDER BY row
"""
STEP = "SELECT 1 FROM part WHERE message_id = ? AND data LIKE '%step-finish%'"
"""Whether a service was asked for a message: opencode also writes answers for what people or commands began."""


class Place(NamedTuple):
    """How far a database was read: its last message with its row, and the answers that had no end yet."""

    row: int = 0
    id: str = ""
    open: tuple[str, ...] = ()

    def cursor(self) -> Cursor:
        """Return what is kept of it."""
        return {"row": self.row, "id": self.id, "open": list(self.open)}


def sources() -> Iterable[Source]:
    """List opencode's databases."""
    return [Source(str(path), stamp(path)) for path in databases()]


def read(source: Source, cursor: Cursor | None) -> Iterator[Portion]:
    """Read the messages that are new, and again those that had no end the last time."""
    path = Path(source.key)
    with opened(path) as records:
        columns = {table: _columns(records, table) for table in (*TABLES, PROJECTS, OTHERS)}
        if not any(columns.values()):
            yield Portion((), Place().cursor())  # an opencode that has just begun
            return
        if strange := [table for table, needed in TABLES.items() if not needed <= columns[table]]:
            raise BrokenFile(path, f"it is not as opencode 1 keeps its sessions ({', '.join(strange)})")
        yield from _portions(records, columns, _place(records, cursor))


def _columns(records: sqlite3.Connection, table: str) -> frozenset[str]:
    """Return the columns of a table, none for one that is not there."""
    return frozenset(row["name"] for row in records.execute("SELECT name FROM pragma_table_info(?)", (table,)))


def _place(records: sqlite3.Connection, cursor: Cursor | None) -> Place:
    """Return where to go on: at the start if the rows were numbered anew meanwhile."""
    place = Place(cursor["row"], cursor["id"], tuple(cursor["open"])) if cursor else Place()
    found = records.execute("SELECT id FROM message WHERE rowid = ?", (place.row,)).fetchone()
    return place if found and found["id"] == place.id else Place()


def _portions(records: sqlite3.Connection, columns: Mapping[str, frozenset[str]], place: Place) -> Iterator[Portion]:
    """Yield portions; no transaction is open meanwhile, since opencode could not clear its log of writes."""
    threads, facts, fresh = (
        Threads(records, columns["session"], projects="id" in columns[PROJECTS]),
        _of_others(records, columns),
        MESSAGES,
    )
    while fresh == MESSAGES:
        with _unchanging(records):
            found, place, fresh = _next(records, threads, place)
        yield Portion((*facts, *found), place.cursor())
        facts = []


def _next(records: sqlite3.Connection, threads: Threads, place: Place) -> tuple[list[Fact], Place, int]:
    """Read the next messages; return what they tell, the place behind them, and how many were new."""
    sessions, facts, open_, fresh = dict[str, Session](), list[Fact](), list[str](), 0
    words = {"open": json.dumps(place.open), "row": place.row, "messages": MESSAGES, "longest": LONGEST}
    row, last = place.row, place.id
    for number, key, of, at, data in records.execute(NEXT, words):
        session = sessions[of] = threads.told(str(of))
        answer = answered(session, str(key), at, data)
        facts += answer.facts
        if answer.silent and records.execute(STEP, (key,)).fetchone():
            facts.append(Complaint("an answer whose service told no tokens", str(key)))
        if answer.open:
            open_.append(key)
        if number > row:
            row, last, fresh = number, key, fresh + 1
    return [*sessions.values(), *facts], Place(row, last, tuple(open_[-MOST_OPEN:])), fresh


def _of_others(records: sqlite3.Connection, columns: Mapping[str, frozenset[str]]) -> list[Fact]:
    """Complain of messages that only a later opencode keeps there."""
    found = "type" in columns[OTHERS] and records.execute(OF_OTHERS).fetchone()
    return [Complaint("it has messages of opencode 2, which are not read")] if found else []


@contextmanager
def _unchanging(records: sqlite3.Connection) -> Iterator[None]:
    """See the records as they are at one moment."""
    records.execute("BEGIN")
    try:
        yield
    finally:
        records.execute("ROLLBACK")
