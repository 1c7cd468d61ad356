"""The journal of a run of work: events in SQLite, only ever appended, the truth from which all else is rebuilt."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from batchpack.clock import now
from batchpack.database import connect, reading, told, transaction

TABLES = """
CREATE TABLE IF NOT EXISTS event (
    seq INTEGER PRIMARY KEY, at TEXT NOT NULL, name TEXT NOT NULL, task TEXT NOT NULL DEFAULT '',
    attempt INTEGER NOT NULL DEFAULT 0, facts TEXT NOT NULL DEFAULT '{}'
);
"""
EVENTS = frozenset(
    {
        "run_started", "run_resumed", "worktree_made", "attempt_started", "judged", "merged",
        "merge_failed", "merge_retried", "abandoned", "skipped", "paused", "went_on", "halted", "cancel_asked",
        "stopped", "finished", "main_tree_changed",
    }
)  # fmt: skip
"""The events there are; a journal with another was written by a newer batchpack."""


class Event(NamedTuple):
    """One event: its number, when, what, of which task and attempt (0: none), and its facts."""

    seq: int
    at: str
    name: str
    task: str = ""
    attempt: int = 0
    facts: Mapping[str, Any] = {}


@dataclass(frozen=True, slots=True)
class Draft:
    """An event that is not written yet; `at` is empty for one of the moment in which it is written."""

    name: str
    task: str = ""
    attempt: int = 0
    facts: Mapping[str, Any] = field(default_factory=dict)
    at: str = ""


class Journal:
    """The journal of one run; several processes may append, each sees what all wrote."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._connection = connect(path, TABLES)

    def append(self, *drafts: Draft) -> list[Event]:
        """Write events in one transaction, on disk when it returns; raises Unwritable or Busy."""
        written = []
        with transaction(self._connection) as connection:
            for one in drafts:
                if one.name not in EVENTS:
                    raise ValueError(f"no event is called {one.name}")
                at, facts = one.at or now(), json.dumps(dict(one.facts), default=str)
                cursor = connection.execute(
                    "INSERT INTO event (at, name, task, attempt, facts) VALUES (?, ?, ?, ?, ?)",
                    (at, one.name, one.task, one.attempt, facts),
                )
                written.append(Event(cursor.lastrowid or 0, at, one.name, one.task, one.attempt, json.loads(facts)))
        return written

    def since(self, seq: int = 0) -> list[Event]:
        """Return the events after a number, in their order."""
        with told(self.path):
            return _events(self._connection, seq)

    def last(self, name: str) -> int:
        """Return the number of the last event of a name, 0 where there is none."""
        with told(self.path):
            words = "SELECT coalesce(max(seq), 0) FROM event WHERE name = ?"
            return int(self._connection.execute(words, (name,)).fetchone()[0])

    def close(self) -> None:
        """Close the file."""
        self._connection.close()


def looked_at(path: Path) -> list[Event]:
    """Return the events of a journal that cannot be opened as its writers do: who may only look sees them too."""
    with reading(path) as connection:
        return _events(connection, 0)


def _events(connection: sqlite3.Connection, seq: int) -> list[Event]:
    """Return the events after a number, in their order."""
    rows = connection.execute("SELECT * FROM event WHERE seq > ? ORDER BY seq", (seq,)).fetchall()
    return [
        Event(row["seq"], row["at"], row["name"], row["task"], row["attempt"], json.loads(row["facts"])) for row in rows
    ]
