"""What became of tasks, in `execute-state.json`."""

from __future__ import annotations

from pathlib import Path

from batchpack.workplan import execute_notes, execute_state
from batchpack.workplan.values import Noted

ERROR = {"type": "verification_failed", "message": "red"}
STORY = (
    Noted("a", "in_progress", attempt=1, worktree=Path("/w"), branch="b"),
    Noted("a", "failed", error=ERROR),
    Noted("a", "verified", commit="abc"),
    Noted("a", "merged", commit="abc"),
    Noted("b", "abandoned", error=ERROR),
)


def test_what_is_noted_twice_stands_there_once(tmp_path: Path) -> None:
    """Errors, abandoned tasks and places in the queue are not doubled by a note that comes again."""
    state = execute_state.read(tmp_path)
    for noted in STORY:
        execute_notes.note(state, noted)
        execute_notes.note(state, noted)

    assert ("merged", [ERROR]) == (state["tasks"]["a"]["status"], state["tasks"]["a"]["errors"])
    assert [("a", "merged")] == [(one["task_id"], one["status"]) for one in state["merge_queue"]]
    assert (["b"], [ERROR]) == (state["abandoned"], state["tasks"]["b"]["errors"])


def test_a_conflict_is_the_queues_word(tmp_path: Path) -> None:
    """A task that cannot be merged stays verified, and its place in the queue says why."""
    state = execute_state.read(tmp_path)
    for noted in (Noted("a", "verified", commit="abc"), Noted("a", "conflict")):
        execute_notes.note(state, noted)

    assert ("verified", "conflict") == (state["tasks"]["a"]["status"], state["merge_queue"][0]["status"])
