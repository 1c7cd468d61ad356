"""Facts for JSON: complete, plain, with what cannot be read."""

from __future__ import annotations

import json
from pathlib import Path

from batchpack.tasks.facts import feature_facts, problem_facts, subtask_facts
from batchpack.tasks.loading import load
from tests.support.tasks import subtask, write_feature


def test_facts_are_plain(tmp_path: Path) -> None:
    """All facts of a feature survive JSON as they are, and hold counts, waiting and places of problems."""
    folder = write_feature(tmp_path, "f", subtask("f", "01"), subtask("f", "02", depends_on=["01"]))
    (folder / "subtask_03.json").write_text("{")
    found = load(tmp_path, "f")
    facts = feature_facts(found, listed=True)
    assert facts == json.loads(json.dumps(facts))
    assert (3, 2, ["01"]) == (facts["total"], facts["counts"]["pending"], facts["subtasks"][1]["waiting"])
    assert subtask_facts(found, found.subtasks[1])["file"] == str(folder / "subtask_02.json")
    assert [(1, 2)] == [(each["line"], each["column"]) for each in problem_facts(found.problems)]


def test_without_task_file(tmp_path: Path) -> None:
    """A feature without task.json has no status, and its folder's name."""
    (tmp_path / "f").mkdir()
    facts = feature_facts(load(tmp_path, "f"))
    assert ("f", None, 0, 0) == (facts["name"], facts["status"], facts["progress"], facts["total"])
