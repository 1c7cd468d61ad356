"""The line of a run that a host carries out: its open batch, else the last one that was finished."""

from __future__ import annotations

import json

import pytest

from batchpack.runs import batches
from tests.runs.build import drive, make_run, put, roots
from tests.support.project import Project


def shown(project: Project) -> tuple[str, bool]:
    """Return the line in the status file, and whether it is the end."""
    facts = json.loads((project.folder / ".batchpack/status.json").read_text())
    assert 0 == facts["beat"]
    return facts["line"], facts["ended"]


def test_the_line_follows_the_run(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """From the first batch to the synthesis, each act of the host is in the line."""
    run = make_run(project, monkeypatch, [("one", "two"), ("three",)])
    head = f"[BATCH {run.short} "
    batches.start(run, 1, 1, roots())
    assert (f"{head}#1] one ▶, two ▶ (0/2)", False) == shown(project)
    put(run, "one")
    assert (f"{head}#1] one ✓, two ▶ (1/2)", False) == shown(project)

    put(run, "two", status="BLOCKED")
    batches.finish(run, 1, 1, roots(), final=False)
    assert (f"{head}#1] one ✓, two ▶ (attempt 2) (1/2)", False) == shown(project)
    batches.finish(run, 1, 1, roots(), final=True)
    assert (f"{head}#1] one ✓, two ✗ (attempt 2) (1/2)", False) == shown(project)

    drive(run)
    assert (f"{head}#2] three ✓ (1/1)", True) == shown(project)


def test_runs_outside_the_project_write_no_line(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """A host that keeps runs in the home has no status line for them."""
    run = make_run(project, monkeypatch, [("one",)], place="~/.toy/batches")
    batches.start(run, 1, 1, roots())

    assert not list(project.home.rglob("status.json")) + list(project.folder.rglob("status.json"))


def test_a_line_that_cannot_be_written_is_no_failure(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a folder in its place the acts of the run go on."""
    run = make_run(project, monkeypatch, [("one",)])
    (project.folder / ".batchpack/status.json").mkdir()

    assert 1 == drive(run).counts().done
