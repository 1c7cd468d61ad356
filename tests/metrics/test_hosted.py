"""Runs of hosts as records."""

from __future__ import annotations

from pathlib import Path

import pytest

from batchpack.errors import BrokenFile
from batchpack.metrics import critical, figures, hosted
from batchpack.runs.store import Run
from tests.support.project import Project


@pytest.fixture
def run(project: Project) -> Run:
    """Return a finished run: one agent done, one blocked after it handed in nothing, one skipped."""
    project.init_git()
    project.run("start", "Build user authentication with React frontend, Go backend, tests, and docs").assert_ok()
    project.run("batch", "start", "latest", "1").assert_ok()
    project.write({"api.go": "package api", "form.jsx": "form"})
    put = ("result", "put", "latest")
    given = ("--summary", "s", "--file", "-")
    project.run(*put, "backend-go", "--attempt", "1", "--status", "DONE", "--changed", "api.go", *given, stdin="# b")
    project.run("batch", "finish", "latest", "1")
    blocked = ("--status", "BLOCKED", "--no-change", "no npm")
    project.run(*put, "frontend-react", "--attempt", "2", *blocked, *given, stdin="# f").assert_ok()
    project.run("batch", "finish", "latest", "1", "--final", "--next")
    return Run(next((project.folder / ".batchpack/runs").glob("2*")))


def test_a_hosts_journal_becomes_a_record(run: Run) -> None:
    """Batches, attempts with their ends, and nothing said of use that nobody measured."""
    found = hosted.read(run)
    tasks = {task.name: task for task in found.tasks}

    assert {"done": 1, "failed": 1, "skipped": 1, "pending": 0} == figures.counts(found)
    assert ["done"] == [one.end for one in tasks["backend-go"].attempts]
    assert ["nothing handed in", "blocked"] == [one.end for one in tasks["frontend-react"].attempts]
    assert tasks["frontend-react"].attempts[0].seconds is None
    assert (("Batch 1", "Batch 2"), "finished", "batch") == (found.groups, found.standing, found.group_word)
    spent = figures.spent(found.attempts)
    assert (3, 3, None) == (spent.attempts, spent.unknown, spent.to_json()["tokens"])
    assert ["prompt", "report"] == [link.label for link in tasks["backend-go"].attempts[0].links]
    assert ["frontend-react"] == [step.task.name for step in critical.path(found)]


def test_a_broken_journal_is_told(run: Run) -> None:
    """Never a traceback."""
    text = run.journal.read_text()
    run.journal.write_text(text.replace('"at":"', '"at":"x'))

    with pytest.raises(BrokenFile):
        hosted.read(Run(Path(run.folder)))
