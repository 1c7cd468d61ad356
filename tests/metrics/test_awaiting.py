"""Tests of waiting for agents in the background: who was launched and has not ended, by marks."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

from batchpack.metrics import awaiting

SESSION, OTHER = "s-1", "s-2"
BEGUN = 1_795_219_200.0
"""Noon of 2026-11-21, UTC."""


@pytest.fixture
def marks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of marks of a user."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    folder = tmp_path / "batchpack/marks"
    folder.mkdir(parents=True)
    return folder


def mark(event: str, part: str, *, agent: str = "batchpack:explorer", session: str = SESSION, at: float = 1.0) -> str:
    """Return the line of an event."""
    found: dict[str, Any] = {"v": 1, "at": BEGUN + at, "host": "claude_code", "event": event, "session": session}
    return json.dumps({**found, "part": part, "agent": agent}) + "\n"


def at_work(since: float = BEGUN) -> list[str]:
    """Ask who is at work of two agents."""
    return awaiting.at_work("claude_code", SESSION, {"batchpack:explorer", "batchpack:architect"}, since)


def test_who_was_launched_and_has_not_ended_is_at_work(marks: Path) -> None:
    """Ends count in whatever order they were marked; other sessions, other agents and earlier launches do not."""
    lines = [
        mark("agent_launched", "a"), mark("agent_ended", "a", at=5),
        mark("agent_ended", "b", at=2), mark("agent_launched", "b", at=3),
        mark("agent_launched", "c"), mark("agent_failed", "c", at=4),
        mark("agent_launched", "d", agent="batchpack:architect"),
        mark("agent_launched", "e", session=OTHER), mark("agent_launched", "f", agent="mine"),
        mark("agent_launched", "g", at=-60), mark("agent_started", "h"), mark("agent_returned", "i"), "torn",
    ]  # fmt: skip
    (marks / "claude_code-2026-11-21.jsonl").write_text("".join(lines))

    assert ["batchpack:architect"] == at_work()


def test_only_days_that_were_not_over_are_read(marks: Path) -> None:
    """A file of an earlier day, or of another host, says nothing of a batch that began later."""
    for name in ("claude_code-2026-11-20.jsonl", "opencode-2026-11-21.jsonl"):
        (marks / name).write_text(mark("agent_launched", "a"))
    assert [] == at_work()
    (marks / "claude_code-2026-11-22.jsonl").write_text(mark("agent_launched", "a", at=90_000))

    assert ["batchpack:explorer"] == at_work()


def test_nobody_is_at_work_where_nothing_is_marked(marks: Path) -> None:
    """No folder, and a file that cannot be read, are no agents."""
    (marks / "claude_code-2026-11-21.jsonl").mkdir()
    assert [] == at_work()
    (marks / "claude_code-2026-11-21.jsonl").rmdir()
    marks.rmdir()

    assert [] == at_work()


def test_it_waits_until_nobody_is_at_work() -> None:
    """The look is repeated; when time is over, who still works is told."""
    left = [["b"], ["b"], []]
    assert [] == awaiting.wait(lambda: left.pop(0), 60)
    assert [] == left
    begun = time.monotonic()

    assert ["a"] == awaiting.wait(lambda: ["a"], 0.1)
    assert time.monotonic() - begun < 30
