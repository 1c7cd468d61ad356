"""Worktrees led off their branches come back, with every commit and file."""

from __future__ import annotations

import pytest

from batchpack.worktrees import changes, mending, trees
from batchpack.worktrees.isolation import Isolation
from batchpack.worktrees.values import Worktree
from tests.support.project import Project
from tests.worktrees.build import Ground, lay


def strayed(ground: Ground, *lines: str) -> Worktree:
    """Make a worktree with a commit and do there what an agent did."""
    made = ground.tree()
    for line in ("echo 1 > work; git add work; git commit -qm work", *lines):
        ground.project.execute(["/bin/sh", "-c", line], cwd=made.path).assert_ok()
    with pytest.raises(Isolation):
        trees.check(made)
    return made


def commit(ground: Ground, name: str) -> str:
    """Return the commit of a name."""
    return ground.project.git("rev-parse", name).strip()


@pytest.mark.parametrize("line", ["git checkout -q --detach", "git switch -qc mine", "rm .git; ln -s /nowhere .git"])
def test_what_builds_on_the_branch_moves_it_forward(project: Project, line: str) -> None:
    """Commits made on a branch of the agent's own, or on none, are on the task's branch afterwards."""
    ground = lay(project)
    more = "true" if "rm" in line else "echo 2 > more; git add more; git commit -qm more"
    made = strayed(ground, more if "rm" in line else line, line if "rm" in line else more)

    assert made == ground.tree()

    found = changes.of(made)
    assert () == found.uncommitted
    assert (("work",) if "rm" in line else ("more", "work")) == found.files


def test_what_does_not_build_on_it_stays_reachable(project: Project) -> None:
    """A commit beside the branch keeps a ref, its files stay and count as uncommitted."""
    ground = lay(project)
    made = strayed(ground, f"git checkout -q {ground.base}; echo 2 > beside; git add beside; git commit -qm beside")
    beside = project.git("-C", str(made.path), "rev-parse", "HEAD").strip()

    assert mending.mend(made)

    found = changes.of(made)
    assert (("work",), ("beside", "work")) == (found.files, found.uncommitted)
    assert beside == commit(ground, f"refs/batchpack/strays/{beside}")
    assert "2\n" == (made.path / "beside").read_text()


def test_a_rebase_that_stands_still_is_forgotten(project: Project) -> None:
    """An agent that stopped in a conflict leaves a worktree on its branch, nothing lost, nothing under way."""
    ground = lay(project)
    project.write({"work": "other\n"}).git("add", "work")
    project.git("commit", "-qm", "other")
    made = strayed(ground, "git rebase main || true")
    tip = commit(ground, made.branch)

    mending.mend(made)

    assert (tip, made.branch) == (
        commit(ground, made.branch),
        project.git("-C", str(made.path), "branch", "--show-current").strip(),
    )
    assert "rebase" not in project.git("-C", str(made.path), "status")


def test_a_deleted_branch_comes_back(project: Project) -> None:
    """A branch that was deleted, or made a link to the user's, is again where its last commit was; main stays."""
    ground = lay(project)
    for line in ("git update-ref -d HEAD", "git symbolic-ref refs/heads/batchpack/run/one refs/heads/main"):
        made = strayed(ground, f"git log -1 --format=%H > ../last; {line}")

        mending.mend(made)

        assert (ground.folder / "last").read_text().strip() == commit(ground, made.branch)
        assert ground.base == commit(ground, "main")
        trees.remove(ground.repository, made, salvage_into=project.home / "s")
        project.git("update-ref", "-d", f"refs/heads/{made.branch}")


def test_a_repository_in_its_place_is_refused(project: Project) -> None:
    """A `.git` folder that an agent made is not deleted by us."""
    ground = lay(project)
    made = strayed(ground, "rm .git; git init -q")

    with pytest.raises(Isolation, match="repository of its own"):
        mending.mend(made)
    assert (made.path / ".git").is_dir()


def test_a_worktree_in_order_is_left_alone(project: Project) -> None:
    """Nothing is done where nothing is wrong, and nothing can be done where nothing is there."""
    made = lay(project).tree()

    assert not mending.mend(made)
    made.path.rename(made.path.with_name("elsewhere"))
    with pytest.raises(Isolation, match="is gone"):
        mending.mend(made)
