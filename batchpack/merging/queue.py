"""The queue on disk: entries, what became of each, whether it is paused; SQLite, one transaction an act.

States: ready → merging → merged | conflict | culprit; what is not merged can be dropped, or made ready once more.
"""

from __future__ import annotations

import json
import re
import sqlite3
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from batchpack.clock import now
from batchpack.database import connect, told, transaction
from batchpack.errors import BatchpackError, UnknownName
from batchpack.merging.values import STATES, Entry, EntryState, Queued

TABLES = """
CREATE TABLE IF NOT EXISTS merge_entry (
    task TEXT PRIMARY KEY, title TEXT NOT NULL, branch TEXT NOT NULL, commit_sha TEXT NOT NULL, base TEXT NOT NULL,
    priority INTEGER NOT NULL, flaky INTEGER NOT NULL, state TEXT NOT NULL, seq INTEGER NOT NULL, added TEXT NOT NULL,
    facts TEXT NOT NULL DEFAULT '{}'
);
CREATE INDEX IF NOT EXISTS merge_entry_state ON merge_entry (state);
CREATE TABLE IF NOT EXISTS merge_event (
    seq INTEGER PRIMARY KEY, at TEXT NOT NULL, name TEXT NOT NULL, facts TEXT NOT NULL DEFAULT '{}'
);
CREATE TABLE IF NOT EXISTS merge_control (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS merge_green (commit_sha TEXT NOT NULL, gate TEXT NOT NULL, PRIMARY KEY (commit_sha, gate));
"""
TASK = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
AGAIN: tuple[EntryState, ...] = ("conflict", "culprit", "dropped")
"""States from which an entry can be made ready once more."""


class Event(NamedTuple):
    """Something that happened in the queue: its number, when, what, and its facts."""

    seq: int
    at: str
    name: str
    facts: dict[str, Any]


class Settled(NamedTuple):
    """A state for an entry, with facts by the names of Queued."""

    task: str
    state: EntryState
    facts: dict[str, Any]


class Queue:
    """The merge queue of one run; several threads and processes may use it at once."""

    def __init__(self, journal: Path) -> None:
        self.path = journal
        self._connection = connect(journal, TABLES)
        self._alone = threading.RLock()

    def add(self, entry: Entry) -> Queued:
        """Queue a task's work, or its newer work after a conflict; the same once more changes nothing.

        Raises BatchpackError for a task that is being merged, or was, with another commit.
        """
        _check(entry)
        with self._transaction() as connection:
            row = connection.execute("SELECT * FROM merge_entry WHERE task = ?", (entry.task,)).fetchone()
            if row is not None and row["commit_sha"] == entry.commit and row["state"] in {"ready", "merging", "merged"}:
                return _queued(row)
            if row is not None and row["state"] in {"merging", "merged"}:
                raise BatchpackError(
                    f"{entry.task} is {row['state']} with commit {row['commit_sha'][:12]} already",
                    "newer work of a task can be queued after a conflict only",
                )
            seq = connection.execute("SELECT coalesce(max(seq), 0) + 1 FROM merge_entry").fetchone()[0]
            connection.execute(
                "INSERT OR REPLACE INTO merge_entry VALUES (?, ?, ?, ?, ?, ?, ?, 'ready', ?, ?, '{}')",
                (
                    entry.task,
                    entry.title,
                    entry.branch,
                    entry.commit,
                    entry.base,
                    entry.priority,
                    entry.flaky,
                    seq,
                    now(),
                ),
            )
            _record(connection, "added", task=entry.task, commit=entry.commit)
        return self.entry(entry.task)

    def entries(self, *states: EntryState) -> list[Queued]:
        """Return the entries in these states (none named: in all) in the order in which they are merged."""
        wanted = states or STATES
        marks = ", ".join("?" * len(wanted))
        words = f"SELECT * FROM merge_entry WHERE state IN ({marks}) ORDER BY priority DESC, seq"  # noqa: S608 - marks
        with self._alone, told(self.path):
            return [_queued(row) for row in self._connection.execute(words, wanted)]

    def entry(self, task: str) -> Queued:
        """Return a task's entry; raises UnknownName."""
        with self._alone, told(self.path):
            row = self._connection.execute("SELECT * FROM merge_entry WHERE task = ?", (task,)).fetchone()
        if row is None:
            raise UnknownName("entry in the merge queue", task, [one.task for one in self.entries()][:50])
        return _queued(row)

    def pause(self, reason: str = "", *, stuck: bool = False) -> None:
        """Have nothing more merged; a gate that runs is let run to its end. `stuck`: until a cause is mended."""
        with self._transaction() as connection:
            connection.execute("INSERT OR REPLACE INTO merge_control VALUES ('paused', ?)", (reason or "by hand",))
            connection.execute("INSERT OR REPLACE INTO merge_control VALUES ('stuck', ?)", ("yes" if stuck else "",))
            _record(connection, "paused", reason=reason)

    def resume(self) -> None:
        """Let merging go on."""
        with self._transaction() as connection:
            if connection.execute("DELETE FROM merge_control WHERE key IN ('paused', 'stuck')").rowcount:
                _record(connection, "resumed")

    @property
    def paused(self) -> str:
        """Return why the queue is paused; empty where it is not."""
        return self._control("paused")

    @property
    def stuck(self) -> bool:
        """Tell whether the queue is paused because of something that somebody must mend."""
        return bool(self._control("stuck"))

    def retry(self, task: str) -> Queued:
        """Make an entry ready once more with the same commit; raises BatchpackError for one that is in or waits."""
        return self._change(task, AGAIN, Settled(task, "ready", {}))

    def drop(self, task: str, reason: str = "by hand") -> Queued:
        """Take an entry out of the queue; its branch stays. Raises BatchpackError for one that is in or on its way."""
        return self._change(
            task, ("ready", "conflict", "culprit", "dropped"), Settled(task, "dropped", {"reason": reason})
        )

    def take(self) -> list[Queued]:
        """Mark all ready entries as merging and return them in their order; for the merger alone."""
        with self._transaction() as connection:
            taken = connection.execute("UPDATE merge_entry SET state = 'merging' WHERE state = 'ready'").rowcount
            if taken:
                _record(connection, "taken", entries=taken)
        return self.entries("merging")

    def settle(self, *settled: Settled) -> None:
        """Write what became of entries, all at once; for the merger alone."""
        with self._transaction() as connection:
            for one in settled:
                _write(connection, one)

    def record(self, name: str, **facts: Any) -> int:
        """Note something that happened and return its number."""
        with self._transaction() as connection:
            return _record(connection, name, **facts)

    def events(self, since: int = 0) -> list[Event]:
        """Return what happened after a number."""
        with self._alone, told(self.path):
            rows = self._connection.execute("SELECT * FROM merge_event WHERE seq > ? ORDER BY seq", (since,)).fetchall()
        return [Event(row["seq"], row["at"], row["name"], json.loads(row["facts"])) for row in rows]

    def is_green(self, commit: str, gate: str) -> bool:
        """Tell whether a commit has passed a gate (by its fingerprint) before."""
        with self._alone, told(self.path):
            words = "SELECT 1 FROM merge_green WHERE commit_sha = ? AND gate = ?"
            return self._connection.execute(words, (commit, gate)).fetchone() is not None

    def note_green(self, commit: str, gate: str) -> None:
        """Note that a commit has passed a gate."""
        with self._transaction() as connection:
            connection.execute("INSERT OR IGNORE INTO merge_green VALUES (?, ?)", (commit, gate))

    def close(self) -> None:
        """Close the file."""
        with self._alone:
            self._connection.close()

    def _control(self, key: str) -> str:
        """Return a word by which the queue is steered; empty where it was not said."""
        with self._alone, told(self.path):
            row = self._connection.execute("SELECT value FROM merge_control WHERE key = ?", (key,)).fetchone()
        return "" if row is None else str(row[0])

    def _change(self, task: str, allowed: Iterable[EntryState], to: Settled) -> Queued:
        """Move an entry to another state if it is in one that allows it."""
        with self._transaction() as connection:
            found = self.entry(task)
            if found.state not in allowed:
                hint = "pause the queue first: batchpack merge pause" if found.state == "merging" else ""
                raise BatchpackError(f"{task} is {found.state}, so it cannot be {_DONE[to.state]}", hint)
            _write(connection, to)
        return self.entry(task)

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        """Change the file as the only thread and process that does."""
        with self._alone, transaction(self._connection) as connection:
            yield connection


_DONE = {"ready": "tried again", "dropped": "dropped"}


def _check(entry: Entry) -> None:
    """Refuse names and hashes that are none: they become files, arguments and lines of history."""
    if not TASK.fullmatch(entry.task) or ".." in entry.task or entry.task.endswith(".lock"):
        raise BatchpackError(f"{entry.task[:80]!r} is not the name of a task", "names look like L1-001 or backend-go")
    for commit in (entry.commit, entry.base):
        if not COMMIT.fullmatch(commit):
            raise BatchpackError(f"{commit[:80]!r} is no commit's whole hash", "give all 40 (or 64) digits")


def _write(connection: sqlite3.Connection, settled: Settled) -> None:
    """Write an entry's state and facts and note it."""
    connection.execute(
        "UPDATE merge_entry SET state = ?, facts = ? WHERE task = ?",
        (settled.state, json.dumps(settled.facts), settled.task),
    )
    _record(connection, settled.state, task=settled.task, **settled.facts)


def _record(connection: sqlite3.Connection, name: str, **facts: Any) -> int:
    """Note something that happened."""
    cursor = connection.execute(
        "INSERT INTO merge_event (at, name, facts) VALUES (?, ?, ?)", (now(), name, json.dumps(facts))
    )
    return cursor.lastrowid or 0


def _queued(row: sqlite3.Row) -> Queued:
    """Read a row."""
    entry = Entry(
        row["task"], row["title"], row["branch"], row["commit_sha"], row["base"], row["priority"], bool(row["flaky"])
    )
    facts = json.loads(row["facts"])
    return Queued(
        entry, row["state"], row["seq"], row["added"],
        merge=facts.get("merge", ""), reason=facts.get("reason", ""), output=facts.get("output", ""),
        files=tuple(facts.get("files", ())), others=tuple(facts.get("others", ())),
    )  # fmt: skip
