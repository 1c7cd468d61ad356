"""Runs that a host's own agents carry out."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from batchpack import manager
from batchpack.app import App
from batchpack.errors import BatchpackError
from batchpack.execution import hosted
from batchpack.execution.journal import Draft
from batchpack.workplan.values import WorkPlan
from tests.support.project import Project
from tests.workplan.build import plan, task


def work(project: Project, prompt: str = "x") -> WorkPlan:
    """Return a plan for an agent."""
    return plan(replace(task("a"), command="", prompt=prompt), path=project.folder / "p.yaml")


def test_a_plan_has_one_run_until_it_changes(project: Project, tmp_path: Path) -> None:
    """The same plan leads to the same run; a changed one to a new run that merges into the same branch."""
    project.init_git()
    first = hosted.run_of(work(project), project.folder, tmp_path / "w")
    again = hosted.run_of(work(project), project.folder, tmp_path / "w")
    other = hosted.run_of(work(project, "y"), project.folder, tmp_path / "w")

    assert first.id == again.id != other.id
    assert first.facts.target == other.facts.target


def test_events_are_on_disk_when_the_act_ends(project: Project, tmp_path: Path) -> None:
    """What an act records is there for the next process, and everybody is carried out by the host."""
    app = App(manager.load)
    run = hosted.run_of(work(project.init_git()), project.folder, tmp_path / "w")
    with hosted.opened(app, run) as context:
        context.record(Draft("attempt_started", "a", 1, {"executor": "host"}))
        executor = context.executor_of(context.tasks["a"])

    assert "in_progress" == run.state().tasks["a"].status
    assert ("host", True, "") == (executor.NAME, executor.AGENT, executor.missing())


def test_a_run_of_programs_is_no_hosted_one(project: Project) -> None:
    """A run that `batchpack run` carries out is refused with where to look."""
    project.write({"p.yaml": "tasks:\n  - {id: a, command: 'true'}\n"}).init_git()
    project.run("run", "p.yaml", "--no-worktrees").assert_ok()

    with pytest.raises(BatchpackError, match="carried out by `batchpack run`"):
        hosted.find(App(manager.load), "latest", project.folder)
