"""The table of a run's attempts: which there are, and how those ended whose end the caller knows."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import cast

from batchpack.database import connect, told, transaction
from batchpack.engine import Attempt, State, Status

TABLE = """
CREATE TABLE IF NOT EXISTS attempt (
    id TEXT PRIMARY KEY, task TEXT NOT NULL, number INTEGER NOT NULL, state TEXT NOT NULL, code INTEGER,
    started REAL, ended REAL, timed_out INTEGER NOT NULL DEFAULT 0, detail TEXT NOT NULL DEFAULT ''
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS attempt_open ON attempt (state) WHERE state = 'queued';
"""
END = "UPDATE attempt SET state = ?, code = ?, started = ?, ended = ?, timed_out = ?, detail = ? WHERE id = ?"


class Store:
    """The attempts of one run in the run's journal; may be used from several threads.

    A row says `queued` until its end is written: whether it runs by now stands in its folder.
    """

    def __init__(self, journal: Path) -> None:
        self.path, self._lock = journal, threading.Lock()
        self._connection = connect(journal, TABLE)

    def write(self, new: Iterable[Attempt], ended: Iterable[Status]) -> set[str]:
        """Write attempts and ends in one transaction; returns the ids that were not there before."""
        with self._lock, transaction(self._connection) as book:
            book.executemany(END, [_end(status) for status in ended])
            return {attempt.id for attempt in new if _insert(book, attempt)}

    def has(self, attempt_id: str) -> bool:
        """Tell whether an attempt is there."""
        return bool(self._rows("SELECT id FROM attempt WHERE id = ?", attempt_id))

    def unfinished(self) -> list[tuple[str, str, int]]:
        """Return id, task and number of the attempts whose end is not written."""
        rows = self._rows("SELECT id, task, number FROM attempt WHERE state = 'queued' ORDER BY task, number")
        return [(row["id"], row["task"], row["number"]) for row in rows]

    def all(self) -> list[tuple[Status, str, int]]:
        """Return every attempt as it is written, with task and number."""
        return [(_status(row), row["task"], row["number"]) for row in self._rows("SELECT * FROM attempt")]

    def _rows(self, question: str, *values: str) -> list[sqlite3.Row]:
        """Ask the table."""
        with self._lock, told(self.path):
            return self._connection.execute(question, values).fetchall()

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()


def _insert(book: sqlite3.Connection, attempt: Attempt) -> bool:
    """Add an attempt; tells whether it is new."""
    row = (attempt.id, attempt.task, attempt.number)
    done = book.execute("INSERT OR IGNORE INTO attempt (id, task, number, state) VALUES (?, ?, ?, 'queued')", row)
    return done.rowcount == 1


def _end(status: Status) -> tuple[object, ...]:
    """Return the values of an end."""
    facts = (status.state, status.code, status.started, status.ended, status.timed_out, status.detail)
    return (*facts, status.id)


def _status(row: sqlite3.Row) -> Status:
    """Return what a row says."""
    times = {name: row[name] for name in ("started", "ended")}
    state = cast("State", row["state"])
    return Status(row["id"], state, row["code"], **times, timed_out=bool(row["timed_out"]), detail=row["detail"])
