"""Features of task-cli as plans."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from batchpack.workplan import features
from batchpack.workplan.complaints import BadPlan
from batchpack.workplan.values import WorkPlan


def feature(root: Path, name: str, *subtasks: dict[str, Any]) -> Path:
    """Write a feature; what a subtask does not say is as usual."""
    folder = root / name
    folder.mkdir(parents=True)
    usual: dict[str, Any] = {"id": name, "name": name.title(), "status": "active", "objective": "Have it"}
    counts = {"subtask_count": len(subtasks), "completed_count": 0}
    (folder / "task.json").write_text(json.dumps({**usual, **counts}))
    for number, given in enumerate(subtasks, 1):
        seq = f"{number:02}"
        one = {"id": f"{name}-{seq}", "seq": seq, "title": f"Part {seq}", "status": "pending", "depends_on": []}
        (folder / f"subtask_{seq}.json").write_text(json.dumps({**one, "parallel": True, **given}))
    return folder


def ids(plan: WorkPlan) -> dict[str, tuple[str, ...]]:
    """Return the ids with what each waits for."""
    return {task.id: task.depends_on for task in plan.tasks}


def test_what_is_left_to_do_is_the_plan(tmp_path: Path) -> None:
    """Completed subtasks are left out, and nothing waits for them any more."""
    folder = feature(tmp_path, "auth", {"status": "completed"}, {"depends_on": ["01"]}, {"depends_on": ["01", "02"]})
    plan = features.read(folder)

    assert ("auth", {"auth-02": (), "auth-03": ("auth-02",)}) == (plan.name, ids(plan))


def test_all_features_are_one_plan(tmp_path: Path) -> None:
    """The folder of all features gives the tasks of each, as layers of its name."""
    feature(tmp_path / "tasks", "auth", {})
    feature(tmp_path / "tasks", "docs", {"id": "7"})
    plan = features.read(tmp_path / "tasks")

    assert {"auth-01": "auth", "docs-01": "docs"} == {task.id: task.layer for task in plan.tasks}


def test_deliverables_are_files_patterns_or_words(tmp_path: Path) -> None:
    """Files must be there, patterns may change, and where one is no path anything may change."""
    plan = features.read(
        feature(
            tmp_path,
            "f",
            {"deliverables": ["src/{a,b}.py", "docs/", "t/*.py"]},
            {"deliverables": ["a.py", "All tests"]},
        )
    )
    one, other = plan.tasks

    assert (("src/a.py", "src/b.py"), ("docs/**", "t/*.py")) == (one.deliverables, one.scope)
    assert (("a.py",), ("**",), ("deliverable 'All tests' is no path",)) == (
        other.deliverables,
        other.scope,
        other.unread,
    )


def test_the_agent_is_told_what_the_subtask_says(tmp_path: Path) -> None:
    """Objective, criteria, context and keys of others are in the prompt; the suggested agent is taken."""
    given = {"acceptance_criteria": ["It works"], "context_files": ["README.md"], "details": "Mind it",
             "suggested_agent": "tester", "verify": "make test", "parallel": False}  # fmt: skip
    plan = features.read(feature(tmp_path, "f", given))
    task = plan.tasks[0]

    for words in (
        "Have it",
        "## It is done when\n\n- It works",
        "## Read first\n\n- README.md",
        "## Details\n\nMind it",
    ):
        assert words in task.prompt
    assert ("tester", ("make test",), ("alone",), {"alone": 1}) == (task.agent, task.verify, task.needs, plan.pools)


@pytest.mark.parametrize(
    ("subtasks", "word"),
    [
        ([{"status": "blocked", "blocked_reason": "no key"}], "is blocked (no key)"),
        ([{"status": "in_progress", "agent_id": "ann"}], "being worked on by ann"),
        ([{"depends_on": ["09"]}], "depends on '09'"),
        ([{"depends_on": ["02"]}, {"depends_on": ["01"]}], "f-01 -> f-02 -> f-01"),
        ([{"status": "completed"}], "all subtasks are completed"),
        ([], "no subtasks yet"),
        ([{"title": 3}], "title"),
    ],
)
def test_what_cannot_be_run_is_told(subtasks: list[dict[str, Any]], word: str, tmp_path: Path) -> None:
    """What others hold, what is broken and what can never start is told with its reason."""
    with pytest.raises(BadPlan) as caught:
        features.read(feature(tmp_path, "f", *subtasks))
    assert word in caught.value.message


def test_features_are_known_by_their_files(tmp_path: Path) -> None:
    """A folder with task.json or subtasks is a feature, one with such folders holds features, another none."""
    folder = feature(tmp_path / "tasks", "f", {})
    (tmp_path / "else").mkdir()

    assert [True, True, False] == [features.fits(path) for path in (folder, folder.parent, tmp_path / "else")]
