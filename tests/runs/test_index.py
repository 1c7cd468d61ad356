"""The index of all runs: what is torn or foreign in it is passed over."""

from __future__ import annotations

import json

import pytest

from batchpack.runs import index
from tests.runs.build import make_run
from tests.support.project import Project


def test_torn_and_foreign_lines_are_passed_over(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """A line that a crash cut off, or that names no run in an absolute folder that is there, leads nowhere."""
    run = make_run(project, monkeypatch, [("one",)])
    line = json.loads(index.path().read_text())
    (project.folder / "runs" / run.id).mkdir(parents=True)
    monkeypatch.chdir(project.folder)
    foreign = [
        "{",
        "[]",
        json.dumps({**line, "run": "../../etc"}),
        json.dumps({**line, "root": "."}),
        json.dumps({**line, "root": "/nowhere"}),
        json.dumps({"run": run.id}),
    ]
    with index.path().open("a") as stream:
        stream.write("\n".join(foreign))
    other = make_run(project, monkeypatch, [("one",)])
    assert [run.id, other.id] == [entry.run for entry in index.entries()]


def test_the_index_is_its_owners_alone(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Others on the machine do not read which projects there are."""
    make_run(project, monkeypatch, [("one",)])
    assert index.path().parent.stat().st_mode & 0o077 == 0
