"""Records as opencode 1 keeps them: its tables, with sessions, messages and parts to put in."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

TABLES = """
CREATE TABLE session (id text PRIMARY KEY, project_id text NOT NULL, parent_id text, directory text NOT NULL,
    title text NOT NULL, agent text, time_created integer NOT NULL, time_updated integer NOT NULL);
CREATE TABLE project (id text PRIMARY KEY, worktree text NOT NULL, sandboxes text NOT NULL);
CREATE TABLE message (id text PRIMARY KEY, session_id text NOT NULL, time_created integer NOT NULL,
    time_updated integer NOT NULL, data text NOT NULL);
CREATE TABLE part (id text PRIMARY KEY, message_id text NOT NULL, session_id text NOT NULL,
    time_created integer NOT NULL, time_updated integer NOT NULL, data text NOT NULL);
CREATE TABLE session_message (id text PRIMARY KEY, session_id text NOT NULL, type text NOT NULL, data text NOT NULL);
CREATE INDEX message_session_time_created_id_idx ON message (session_id, time_created, id);
CREATE INDEX part_message_id_id_idx ON part (message_id, id);
CREATE INDEX part_session_idx ON part (session_id);
CREATE INDEX session_parent_idx ON session (parent_id);
"""
NOON = 1_795_262_400_000
"""2026-11-21 12:00 UTC, in milliseconds."""


class Records:
    """A database of opencode's, written to as opencode does: each act is a commit of its own in the log of writes."""

    def __init__(self, home: Path, name: str = "opencode.db") -> None:
        self.path = home / ".local/share/opencode" / name
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._at = NOON
        with closing(self.connect()) as records:
            records.execute("PRAGMA journal_mode=WAL")
            records.executescript(TABLES)

    def connect(self) -> sqlite3.Connection:
        """Open the database as opencode does, but for the forcing to disk, which no test needs."""
        connection = sqlite3.connect(self.path, isolation_level=None)
        connection.execute("PRAGMA synchronous=OFF")
        return connection

    def run(self, query: str, *words: object) -> None:
        """Change the database."""
        with closing(self.connect()) as records:
            records.execute(query, words)

    def now(self, step: int = 1_000) -> int:
        """Return a time, each later than the one before."""
        self._at += step
        return self._at

    def session(self, name: str, parent: str | None = None, agent: str = "build", folder: str = "/work") -> str:
        """Put a session in and return its id."""
        at, key = self.now(), f"ses_{name}"
        self.run("INSERT INTO session VALUES (?, 'p', ?, ?, ?, ?, ?, ?)", key, parent, folder, name, agent, at, at)
        return key

    def message(self, session: str, data: object, at: int | None = None, key: str = "") -> str:
        """Put a message in and return its id, which begins with the time of its making."""
        at = at or self.now()
        key = key or f"msg_{at * 4096 % 2**48:012x}{at % 10**14:014d}"
        text = data if isinstance(data, str) else json.dumps(data, separators=(",", ":"))
        self.run("INSERT INTO message VALUES (?, ?, ?, ?, ?)", key, session, at, at, text)
        return key

    def answer(self, session: str, sent: object = 100, said: object = 10, *, key: str = "", **more: Any) -> str:
        """Put an answer of a model in, with what it used, and return its id."""
        at = self.now()
        return self.message(session, answer(at, sent, said, **more), at, key)

    def change(self, key: str, data: object) -> None:
        """Write a message anew."""
        self.run("UPDATE message SET data = ?, time_updated = ? WHERE id = ?", json.dumps(data), self.now(), key)

    def prompt(self, session: str, text: str) -> str:
        """Put what somebody asks in, and return its id."""
        key = self.message(session, {"role": "user", "time": {"created": self._at}})
        self.part(session, key, {"type": "text", "text": text})
        return key

    def part(self, session: str, message: str, data: object) -> None:
        """Put a part of a message in."""
        at = self.now()
        text = json.dumps(data, separators=(",", ":"))
        self.run("INSERT INTO part VALUES (?, ?, ?, ?, ?, ?)", f"prt_{at}", message, session, at, at, text)

    def call(self, session: str, message: str, call: str, child: str) -> None:
        """Put the call in that started a subagent."""
        state = {"status": "completed", "output": "done", "metadata": {"sessionId": child}}
        self.part(session, message, {"type": "tool", "tool": "task", "callID": call, "state": state})


def answer(at: int, sent: object = 100, said: object = 10, **more: Any) -> dict[str, Any]:
    """Return what opencode records of an answer."""
    cache = {"read": more.pop("cached", 0), "write": more.pop("kept", 0)}
    tokens = {"input": sent, "output": said, "reasoning": more.pop("thought", 0), "cache": cache}
    times = {"created": at, "completed": at + 500}
    known = {"role": "assistant", "agent": "build", "cost": 0, "modelID": "scripted", "providerID": "local"}
    return {**known, "tokens": tokens, "time": times, "finish": "stop", **more}
