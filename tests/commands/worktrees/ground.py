"""Runs with worktrees for the commands to work on."""

from __future__ import annotations

from batchpack.worktrees import changes, repository, trees
from batchpack.worktrees.values import Worktree
from tests.support.project import Project
from tests.worktrees.build import identify

FIRST, SECOND = "20260102T030405-a1b2", "20260103T030405-c3d4"


def tree(project: Project, run: str, task: str) -> Worktree:
    """Make a worktree of a run's task."""
    opened = repository.open_at(project.folder)
    place = project.folder.parent / "project.worktrees" / run[-4:] / task
    return trees.create(opened, place, f"batchpack/{run}/{task}", opened.head, reason=f"run {run[-4:]}")


def lay(project: Project) -> Project:
    """Make a project with two runs: unmerged and uncommitted work in the first, nothing in the second."""
    project.write({"app.py": "1\n"}).init_git()
    identify(project)
    done, dirty = tree(project, FIRST, "done"), tree(project, FIRST, "dirty")
    tree(project, SECOND, "idle")
    (done.path / "new.txt").write_text("x")
    changes.commit(done, "done: it")
    (dirty.path / "draft.txt").write_text("x")
    return project
