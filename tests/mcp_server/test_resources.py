"""Resources: batches, runs and plans of this project, and of no other."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from batchpack.errors import BatchpackError
from batchpack.mcp_server.resources import Resources
from tests.runs.build import make_run
from tests.support.project import Project


def test_batches_are_listed_even_when_one_is_broken(batch: Path, tmp_path: Path) -> None:
    """Each batch is told with the counts of its tasks; one that cannot be read says why."""
    (batch.parent / "broken").mkdir()
    (batch.parent / "broken/items.sqlite").write_text("no database")
    found = {one["batch"]: one for one in json.loads(Resources(tmp_path).batches())["batches"]}

    assert 3 == found["mails"]["tasks"]["pending"]
    assert "not a database" in found["broken"]["unreadable"]


def test_a_run_is_read_with_its_plan(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run is found by its id or its last four digits, with its state and its plan."""
    run = make_run(project, monkeypatch, [("one", "two")])
    found = Resources(run.facts.project)

    assert [run.id] == [row["run"] for row in json.loads(found.runs())["runs"]]
    assert run.id == json.loads(found.run(run.short))["run"]
    assert json.loads((run.folder / "plan.json").read_text()) == json.loads(found.plan(run.id))["plan"]


@pytest.mark.parametrize("word", ["none", "../x", "", "20260102"])
def test_runs_of_others_are_not_read(project: Project, monkeypatch: pytest.MonkeyPatch, word: str) -> None:
    """A word that names no run of this project is refused, also when another project has such a run."""
    run = make_run(project, monkeypatch, [("one",)])
    for name in (word, run.id):
        with pytest.raises(BatchpackError):
            Resources(project.home).run(name)
