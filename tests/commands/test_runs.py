"""`batchpack runs`: every run, and what is wrong with it."""

from __future__ import annotations

import pytest

from tests.runs.build import drive, make_run
from tests.support.project import Project


def test_runs_lists_every_run_and_what_is_wrong_with_it(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """The list has a line a run with counts that add up; one that cannot be read says why."""
    assert "No runs yet" in project.run("runs").assert_ok().out
    good, bad = (make_run(project, monkeypatch, [("one",), ("two",)]) for _ in range(2))
    drive(good)
    bad.journal.write_text("")
    rows = {row["run"]: row for row in project.run("runs", "--all", "--json").json()["runs"]}
    assert rows[good.id]["counts"] == {"tasks": 2, "done": 2, "failed": 0, "skipped": 0, "pending": 0}
    assert rows[good.id]["standing"] == "finished"
    assert "does not begin with the start of a run" in rows[bad.id]["standing"]
    assert len(project.run("runs").assert_ok().out.splitlines()) == 3
    assert str(project.folder) in project.run("runs", "--all").assert_ok().out


def test_another_projects_runs_are_listed_by_its_folder(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """`--project` lists the runs of a folder from anywhere; this folder's own are none of them."""
    run = make_run(project, monkeypatch, [("one",)], request="Tidy up")
    out = project.run("runs", "--project", str(project.folder), cwd=project.home).assert_ok().out
    head, line = out.splitlines()
    assert ["RUN", "HOST", "DONE", "FAILED", "SKIPPED", "LEFT", "STANDING", "REQUEST"] == head.split()
    assert [run.id, "-", "0", "0", "0", "1", "open", "Tidy", "up"] == line.split()
    assert "No runs yet" in project.run("runs", cwd=project.home).assert_ok().out


def test_no_runs_are_an_empty_list_for_programs(project: Project) -> None:
    """`--json` holds a list also when there is nothing in it."""
    assert project.run("runs", "--json").json() == {"schema": 1, "runs": []}
