"""The start of a run of work."""

from __future__ import annotations

from pathlib import Path

import pytest

from batchpack.errors import BatchpackError
from batchpack.execution.facts import Options
from batchpack.execution.starting import create
from batchpack.runs import index
from batchpack.workplan.values import WorkPlan
from tests.execution.ground import task
from tests.support.project import Project

PLAN = WorkPlan("p", (task("a"),))


def test_the_base_is_pinned_and_a_branch_named(tmp_path: Path) -> None:
    """The commit is settled at the start; worktrees lie beside the project, and git sees nothing of the run."""
    project = Project(tmp_path).write({"a.txt": "1"}).init_git()
    run = create(PLAN, Options(jobs=2), project=project.folder)

    facts = run.facts
    assert facts.base == project.git("rev-parse", "HEAD").strip()
    assert f"refs/heads/batchpack/{run.id}/integration" == facts.target
    assert project.folder.parent / f"project.worktrees/{run.short}" == facts.worktree_dir
    assert "" == project.git("status", "--porcelain")
    assert ("run_started", 2) == (run.events()[0].name, facts.options.jobs)
    assert run.id in [entry.run for entry in index.entries()]


def test_without_worktrees_no_repository_is_needed(tmp_path: Path) -> None:
    """Nothing is pinned, and nothing will be merged."""
    from dataclasses import replace

    run = create(replace(PLAN, worktrees=False), Options(), project=tmp_path)

    assert ("", "", None) == (run.facts.base, run.facts.target, run.facts.worktree_dir)


def test_a_start_that_fails_leaves_nothing(tmp_path: Path) -> None:
    """Outside a repository, with a branch that is checked out, or with worktrees inside the tree nothing is made."""
    with pytest.raises(BatchpackError, match="is in no git repository"):
        create(PLAN, Options(), project=tmp_path)
    project = Project(tmp_path / "x").write({"a.txt": "1"}).init_git()
    with pytest.raises(BatchpackError, match="checked out"):
        create(PLAN, Options(), project=project.folder, into="main")

    for inside in (project.folder / "trees", project.folder / ".git/trees"):
        with pytest.raises(BatchpackError, match="lie inside each other"):
            create(PLAN, Options(), project=project.folder, worktree_dir=inside)

    assert [] == [*tmp_path.glob(".batchpack"), *project.folder.glob(".batchpack")]


def test_an_own_branch_is_built_upon(tmp_path: Path) -> None:
    """Work merged into a branch that exists begins at its tip."""
    project = Project(tmp_path).write({"a.txt": "1"}).init_git()
    project.git("branch", "feature")
    project.write({"b.txt": "2"})
    project.git("add", "b.txt")
    project.git("commit", "-qm", "second")
    run = create(PLAN, Options(), project=project.folder, into="feature")

    assert project.git("rev-parse", "feature").strip() == run.facts.base
