"""Who works in a session of opencode's records, for whom, and for which task."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping
from typing import Any

from batchpack.attribution import Named, fuller, named
from batchpack.collector import Session

HOST = "opencode"
KEPT = 5_000
"""Sessions that are remembered at a time."""
DEEPEST = 50
LONGEST = 1_000_000
"""Characters of one part that are looked into."""
FIRST, HANDED_IN = 3, 20
SESSION = "SELECT id, parent_id, {agent} AS agent, {directory} AS directory FROM session WHERE id = ?"
PROMPT = """
SELECT part.data FROM part JOIN (
    SELECT id FROM message WHERE session_id = :id ORDER BY time_created, id LIMIT :first
) AS early ON part.message_id = early.id WHERE length(part.data) <= :longest ORDER BY part.message_id, part.id
"""
PARTS = "SELECT data FROM part WHERE session_id = :id AND length(data) <= :longest"
CALLS = f"{PARTS} AND data LIKE '%\"task\"%'"
COMMANDS = f"{PARTS} AND data LIKE '%result put%' ORDER BY id LIMIT :limit"


class Threads:
    """The sessions of a database, each told with what its first prompt names and the call that started it."""

    def __init__(self, records: sqlite3.Connection, columns: frozenset[str]) -> None:
        chosen = {name: name if name in columns else "''" for name in ("agent", "directory")}
        self._records, self._query = records, SESSION.format(**chosen)
        self._known: dict[str, Session] = {}
        self._calls: dict[str, dict[str, str]] = {}

    def told(self, session: str) -> Session:
        """Return a session; that of a subagent is a part of the one that all began with."""
        if session not in self._known:
            if len(self._known) >= KEPT:
                self._known.clear()
                self._calls.clear()
            self._known[session] = self._read(session)
        return self._known[session]

    def _read(self, session: str) -> Session:
        """Read a session."""
        row, root = self._row(session), self._root(session)
        if row is None:
            return Session(HOST, session)
        one = Session(HOST, root, agent=row["agent"] or "", project=row["directory"] or "", **self._named(session))
        if root == session:
            return one
        parent = str(row["parent_id"])
        return one._replace(part=session, parent=parent, call=self._call(parent, session))

    def _row(self, session: str) -> sqlite3.Row | None:
        """Return what is recorded of a session."""
        found: sqlite3.Row | None = self._records.execute(self._query, (session,)).fetchone()
        return found

    def _root(self, session: str) -> str:
        """Return the session that started the one that started it, and so on, as far as they are there."""
        seen = [session]
        while len(seen) < DEEPEST:
            row = self._row(seen[-1])
            if row is None or not row["parent_id"] or row["parent_id"] in seen:
                break
            seen.append(str(row["parent_id"]))
        return seen[-1]

    def _call(self, parent: str, session: str) -> str:
        """Return the id of the call that started a subagent, which is read once for all subagents of its parent."""
        if parent not in self._calls:
            self._calls[parent] = dict(_started(self._parts(CALLS, {"id": parent, "longest": LONGEST})))
        return self._calls[parent].get(session, "")

    def _named(self, session: str) -> dict[str, Any]:
        """Return the run, task and attempt that the first prompt names, or the file that it leads to."""
        words = {"id": session, "first": FIRST, "longest": LONGEST}
        texts = (str(part.get("text", "")) for part in self._parts(PROMPT, words) if part.get("type") == "text")
        known = next((one for one in map(named, texts) if one.task), Named())
        if known.task:
            for part in self._parts(COMMANDS, {"id": session, "longest": LONGEST, "limit": HANDED_IN}):
                for text in _texts(part):
                    known = fuller(known, text)
        return known._asdict()

    def _parts(self, query: str, words: Mapping[str, object]) -> Iterator[dict[str, Any]]:
        """Read parts of messages; what is not JSON is passed over, for it tells of no usage."""
        for (data,) in self._records.execute(query, words):
            try:
                part = json.loads(data)
            except (ValueError, TypeError, RecursionError):
                continue
            if isinstance(part, dict):
                yield part


def _started(parts: Iterator[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    """List subagents' sessions with the calls that started them."""
    for part in parts:
        state = part.get("state")
        facts = state.get("metadata") if isinstance(state, dict) else None
        if part.get("tool") == "task" and isinstance(facts, dict):
            yield str(facts.get("sessionId", "")), str(part.get("callID", ""))


def _texts(value: object) -> Iterator[str]:
    """List all texts in a part."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            yield one
        elif isinstance(one, dict | list):
            waiting.extend(one.values() if isinstance(one, dict) else one)
