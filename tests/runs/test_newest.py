"""Copies of the newest run's results at the top of a run root in the home."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.runs.build import drive, make_run
from tests.support.project import Project

PLACE = "~/.osa/work/batches"


def top(project: Project) -> Path:
    """Return the run root."""
    return project.home / ".osa" / "work" / "batches"


def test_the_newest_runs_results_stand_at_the_top(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a run its batch results and its synthesis are at the top of the root, and nothing is in the project."""
    run = make_run(project, monkeypatch, [("one",), ("two",)], place=PLACE)
    drive(run)
    assert run.folder == top(project) / "runs" / run.id
    for name in ("batch1-results.md", "batch2-results.md", "SYNTHESIS.md"):
        assert (top(project) / name).read_text() == (run.folder / name).read_text()
    assert [] == list(project.folder.iterdir())


def test_a_new_run_takes_the_old_copies_away(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Results of two runs never stand side by side; the old ones are still in their own directory."""
    old = make_run(project, monkeypatch, [("one",), ("two",)], place=PLACE)
    drive(old)
    make_run(project, monkeypatch, [("one",)], place=PLACE)
    assert not list(top(project).glob("*.md"))
    assert (old.folder / "batch2-results.md").exists()


def test_files_of_others_are_set_aside_not_lost(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that somebody else put there is kept under another name, at the start and at the end of a run."""
    top(project).mkdir(parents=True)
    (top(project) / "SYNTHESIS.md").write_text("the user's own")
    run = make_run(project, monkeypatch, [("one",)], place=PLACE)
    assert (top(project) / "SYNTHESIS.md").read_text() == "the user's own"
    drive(run)
    assert (top(project) / "SYNTHESIS.md.before-1").read_text() == "the user's own"
    assert (top(project) / "SYNTHESIS.md").read_text() == run.synthesis.read_text()


def test_an_older_run_that_goes_on_leaves_the_newest_copies(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the newest run writes to the top."""
    old = make_run(project, monkeypatch, [("one",)], place=PLACE)
    new = make_run(project, monkeypatch, [("one",)], place=PLACE)
    drive(new)
    drive(old)
    assert (top(project) / "SYNTHESIS.md").read_text() == new.synthesis.read_text()
