"""Whether a worktree is isolated: whatever leads it elsewhere is seen."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from batchpack.worktrees import trees
from batchpack.worktrees.isolation import Isolation
from tests.support.project import Project
from tests.worktrees.build import Ground, lay


def leave_the_branch(ground: Ground, path: Path) -> None:
    """Do what an agent does that switches branches."""
    ground.project.git("-C", str(path), "switch", "-qc", "other")


def detach(ground: Ground, path: Path) -> None:
    """Do what an agent does that checks out a commit."""
    ground.project.git("-C", str(path), "checkout", "-q", "--detach")


def point_elsewhere(ground: Ground, path: Path) -> None:
    """Make the worktree lead to the main tree's repository."""
    (path / ".git").write_text(f"gitdir: {ground.project.folder}/.git\n")


def make_it_a_repository(ground: Ground, path: Path) -> None:
    """Replace the worktree's `.git` by a repository of its own."""
    (path / ".git").unlink()
    ground.project.git("-C", str(path), "init", "-q")


def link_it(ground: Ground, path: Path) -> None:
    """Replace the worktree by a link to the main tree."""
    shutil.rmtree(path)
    path.symlink_to(ground.project.folder)


def make_the_branch_a_link(ground: Ground, path: Path) -> None:
    """Make the task's branch another name of the user's."""
    ground.project.git("symbolic-ref", "refs/heads/batchpack/run/one", "refs/heads/main")


def delete_the_branch(ground: Ground, path: Path) -> None:
    """Delete the task's branch under the worktree."""
    ground.project.git("update-ref", "-d", "refs/heads/batchpack/run/one")


@pytest.mark.parametrize(
    "spoil",
    [
        leave_the_branch, detach, point_elsewhere, make_it_a_repository, link_it, make_the_branch_a_link,
        delete_the_branch,
    ],
)  # fmt: skip
def test_a_worktree_that_is_not_isolated_any_more_is_seen(
    project: Project, spoil: Callable[[Ground, Path], None]
) -> None:
    """Whatever an agent does to get its worktree onto another branch or repository, the check fails."""
    ground = lay(project)
    made = ground.tree()
    trees.check(made)

    spoil(ground, made.path)

    with pytest.raises(Isolation):
        trees.check(made)
