"""What became of tasks, in the subtasks of a feature."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from batchpack.workplan import feature_notes
from batchpack.workplan.values import Noted, NotedState
from tests.workplan.test_features import feature


def subtask(folder: Path) -> dict[str, Any]:
    """Return the first subtask's file as it is."""
    facts: dict[str, Any] = json.loads((folder / "subtask_01.json").read_text())
    return facts


@pytest.mark.parametrize(
    ("states", "status"),
    [
        (("in_progress",), "in_progress"),
        (("in_progress", "failed"), "in_progress"),
        (("in_progress", "merged"), "completed"),
        (("in_progress", "abandoned"), "blocked"),
        (("in_progress", "abandoned", "abandoned"), "blocked"),
    ],
)
def test_a_subtask_follows_its_task(states: tuple[NotedState, ...], status: str, tmp_path: Path) -> None:
    """It is started, completed when its work is merged, blocked when it was given up; told again, it stays so."""
    folder = feature(tmp_path, "auth", {})
    for state in states:
        feature_notes.note(folder, Noted("auth-01", state, worktree=Path("/w"), error={"message": "no key"}))

    assert status == subtask(folder)["status"]
    assert ("no key" in json.dumps(subtask(folder))) == (status == "blocked")


def test_verified_work_in_the_projects_own_folder_is_complete(tmp_path: Path) -> None:
    """Where there is nothing to merge, verified is the end; with a worktree it is not."""
    folder = feature(tmp_path, "auth", {})
    feature_notes.note(folder, Noted("auth-01", "in_progress"))
    feature_notes.note(folder, Noted("auth-01", "verified", worktree=Path("/w"), commit="abc"))
    assert "in_progress" == subtask(folder)["status"]
    feature_notes.note(folder, Noted("auth-01", "verified"))
    assert "completed" == subtask(folder)["status"]


def test_a_task_of_no_feature_changes_nothing(tmp_path: Path) -> None:
    """A note about a task that is not there is passed over."""
    folder = feature(tmp_path, "auth", {})
    before = (folder / "subtask_01.json").read_bytes()
    feature_notes.note(folder, Noted("docs-01", "abandoned"))

    assert before == (folder / "subtask_01.json").read_bytes()
