"""What becomes of tasks, told to the plan's format."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

from batchpack import manager
from batchpack.execution.journal import Event
from batchpack.execution.noting import Notes
from batchpack.execution.state import fold

AT = "2026-01-02T03:04:05.000Z"
BROKEN = "{broken"
EVENTS = [
    Event(1, AT, "worktree_made", "L1-001", 1, {"path": "/w/L1-001", "branch": "b", "base": "c0"}),
    Event(2, AT, "attempt_started", "L1-001", 1),
    Event(3, AT, "judged", "L1-001", 1, {"verdict": "failed", "reason": "red"}),
    Event(4, AT, "attempt_started", "L1-001", 2),
    Event(5, AT, "judged", "L1-001", 2, {"verdict": "verified", "commit": "abc1234"}),
]


def noted(path: Path, *more: Event) -> tuple[dict[str, object], list[str]]:
    """Note events for a folder of XML tasks; return its state and what was warned of."""
    warned: list[str] = []

    async def go() -> None:
        notes = Notes(manager.load().sources["task_xml"], path, warned.append)
        state = fold(["L1-001"], [])
        for event in (*EVENTS, *more):
            state.apply(event)
            notes.take(event, state)
        notes.again(state)
        await notes.flush()

    asyncio.run(go())
    file = path / "execute-state.json"
    text = file.read_text() if file.is_file() else "{}"
    return ({} if text == BROKEN else json.loads(text)), warned


def test_a_folder_of_xml_tasks_has_its_state(tmp_path: Path) -> None:
    """Attempts, errors, commit and place in the merge queue stand there as projects have them; told again, once."""
    state, warned = noted(tmp_path)

    task = state["tasks"]["L1-001"]  # type: ignore[index]
    assert ("verified", 2, "abc1234", "/w/L1-001") == (
        task["status"], task["attempt"], task["commit_hash"], task["worktree_path"],
    )  # fmt: skip
    assert ["red"] == [error["message"] for error in task["errors"]]
    assert [{"task_id": "L1-001", "priority": 1, "status": "ready"}] == state["merge_queue"]
    assert [] == warned


def test_only_a_merge_makes_it_merged(tmp_path: Path) -> None:
    """The queue's entry and the task say so together."""
    state, _ = noted(tmp_path, Event(6, AT, "merged", "L1-001", 2, {"commit": "abc1234", "tip": "t"}))

    assert ("merged", "merged") == (state["tasks"]["L1-001"]["status"], state["merge_queue"][0]["status"])  # type: ignore[index]


def test_what_cannot_be_noted_is_told_and_nothing_else(tmp_path: Path) -> None:
    """A state that is broken is left as it is, with a warning for each note."""
    (tmp_path / "execute-state.json").write_text(BROKEN)
    _, warned = noted(tmp_path)

    assert BROKEN == (tmp_path / "execute-state.json").read_text()
    assert warned
    assert all("L1-001 could not be noted" in line for line in warned)
