"""Who works in a session of opencode's records, for whom, and for which task."""

from __future__ import annotations

import json
import re
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
SESSION, FIELDS = "SELECT {} FROM session WHERE id = ?", ("parent_id", "agent", "directory", "project_id")
PROJECT = "SELECT worktree, sandboxes FROM project WHERE id = ?"
BESIDE = re.compile(r"(.+?)\.worktrees/")
"""The folder of a project, of which all else is a work tree of one of its agents."""
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

    def __init__(self, records: sqlite3.Connection, columns: frozenset[str], *, projects: bool = True) -> None:
        self._records, self._projects = records, projects
        self._session = SESSION.format(", ".join(name for name in FIELDS if name in columns))
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
        facts, root = self._row(self._session, session), self._root(session)
        agent, project = _word(facts.get("agent")), self._project(facts)
        one = Session(HOST, root, agent=agent, project=project, **self._named(session))
        if root == session:
            return one
        parent = _word(facts.get("parent_id"))
        return one._replace(part=session, parent=parent, call=self._call(parent, session))

    def _row(self, query: str, key: object) -> Mapping[str, Any]:
        """Return what is recorded of one thing, nothing where it is not there."""
        found = self._records.execute(query, (key,)).fetchone()
        return dict(found) if found else {}

    def _project(self, facts: Mapping[str, Any]) -> str:
        """Return the folder of a session's project: an agent's work tree belongs to the project it was made for."""
        folder = _word(facts.get("directory"))
        if beside := BESIDE.match(folder):
            return beside[1]
        project = self._row(PROJECT, facts.get("project_id")) if self._projects else {}
        trees = _list(project.get("sandboxes"))
        inside = any(folder == tree or folder.startswith(f"{tree}/") for tree in trees)
        return _word(project.get("worktree")) if inside else folder

    def _root(self, session: str) -> str:
        """Return the session that started the one that started it, and so on, as far as they are there."""
        seen = [session]
        while len(seen) < DEEPEST:
            parent = _word(self._row(self._session, seen[-1]).get("parent_id"))
            if not parent or parent in seen:
                break
            seen.append(parent)
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


def _word(value: object) -> str:
    """Return a text as it stands in the records, else nothing."""
    return value if isinstance(value, str) else ""


def _list(value: object) -> list[Any]:
    """Return a list that is kept as JSON, an empty one for what is none."""
    try:
        found = json.loads(value) if isinstance(value, str) else []
    except (ValueError, RecursionError):
        return []
    return found if isinstance(found, list) else []


def _texts(value: object) -> Iterator[str]:
    """List all texts in a part."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            yield one
        elif isinstance(one, dict | list):
            waiting.extend(one.values() if isinstance(one, dict) else one)
