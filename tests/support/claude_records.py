"""Transcripts as Claude Code 2.1 writes them, line by line."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from batchpack.app import Registry
from batchpack.collector import Collector, Complaint, Cursor, Fact, Session, Source, Used
from batchpack.manager import load

SESSION = "de8caad8-86ef-4d83-9f52-8e417d613f96"
AGENT = "abb238147dda2f490"
PROJECT = "/home/you/project"
AT = "2026-11-21T17:59:57.991Z"
AT_SECONDS = 1795283997.991


def common(session: str, agent: str) -> dict[str, Any]:
    """Return what every line of a conversation has."""
    own = {"isSidechain": True, "agentId": agent} if agent else {"isSidechain": False}
    return {"parentUuid": None, **own, "timestamp": AT, "cwd": PROJECT, "sessionId": session, "version": "2.1.329"}


def said(text: str, *, session: str = SESSION, agent: str = "", **more: Any) -> str:
    """Return the line of what a user, or whoever started an agent, said."""
    return _line({**common(session, agent), "type": "user", "message": {"role": "user", "content": text}, **more})


def usage(*counts: int) -> dict[str, Any]:
    """Return usage: input, output, read from the cache, written to it for five minutes and for an hour."""
    given = (*counts, 0, 0, 0, 0, 0)[:5]
    return {
        "input_tokens": given[0], "cache_creation_input_tokens": given[3] + given[4],
        "cache_read_input_tokens": given[2], "output_tokens": given[1],
        "server_tool_use": {"web_search_requests": 0, "web_fetch_requests": 0}, "service_tier": "standard",
        "cache_creation": {"ephemeral_1h_input_tokens": given[4], "ephemeral_5m_input_tokens": given[3]},
        "inference_geo": "", "iterations": [], "speed": "standard",
    }  # fmt: skip


def answered(
    number: int, *counts: int, session: str = SESSION, agent: str = "", of: dict[str, Any] | None = None, **more: Any
) -> str:
    """Return the line of one block of an answer; `of` replaces its usage."""
    message = {
        "id": f"msg_{number}", "type": "message", "role": "assistant", "model": "claude-opus-5-5",
        "content": [{"type": "text", "text": "an answer"}], "stop_reason": "end_turn",
        "usage": usage(*counts) if of is None else of,
    }  # fmt: skip
    record = {**common(session, agent), "message": message, "requestId": f"req_{number}", "type": "assistant"}
    return _line({**record, "uuid": f"uuid-{number}", **more})


def _line(record: dict[str, Any]) -> str:
    """Write a record as JavaScript does."""
    return json.dumps(record, separators=(",", ":"), ensure_ascii=False) + "\n"


def transcript(home: Path, *lines: str, session: str = SESSION, agent: str = "") -> Path:
    """Write the transcript of a session, or of an agent in it."""
    folder = home / ".claude" / "projects" / "-home-you-project"
    path = folder / session / "subagents" / f"agent-{agent}.jsonl" if agent else folder / f"{session}.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(lines))
    return path


def describe(path: Path, **facts: Any) -> None:
    """Write what is kept beside an agent's transcript."""
    path.with_suffix(".meta.json").write_text(json.dumps(facts))


@cache
def collector() -> Collector:
    """Return the collector, loaded as the program loads it."""
    registry: Registry = load()
    return registry.collectors["claude_code"]


def collected(source: Source, cursor: Cursor | None = None) -> tuple[list[Fact], Cursor | None]:
    """Read a source to its end; returns all facts and the last cursor."""
    facts: list[Fact] = []
    for portion in collector().read(source, cursor):
        facts += portion.facts
        cursor = portion.cursor
    return facts, cursor


def everything() -> list[Fact]:
    """Read all sources."""
    return [fact for source in collector().sources() for fact in collected(source)[0]]


def requests(facts: list[Fact]) -> dict[str, Used]:
    """Return each request once."""
    found: dict[str, Used] = {}
    for fact in facts:
        if isinstance(fact, Used):
            found.setdefault(fact.key, fact)
    return found


def sessions(facts: list[Fact]) -> list[Session]:
    """Return the sessions that were told."""
    return [fact for fact in facts if isinstance(fact, Session)]


def complaints(facts: list[Fact]) -> list[Complaint]:
    """Return the complaints."""
    return [fact for fact in facts if isinstance(fact, Complaint)]
