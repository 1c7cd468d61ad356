"""Worktrees: made, found again, revived and taken away, wherever a process was killed in between."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from batchpack.process import ProgramFailed
from batchpack.worktrees import registry, trees
from batchpack.worktrees.trees import Isolation
from tests.support.project import Project, tree
from tests.worktrees.build import FILES, Ground, lay


def test_a_worktree_is_made_on_its_own_branch_at_the_base(project: Project) -> None:
    """Files, branch and commit are those asked for, the lock tells whose it is, the main tree is as before."""
    ground = lay(project)
    before = tree(project.folder / "src"), project.git("status", "--porcelain", "--branch")

    made = ground.tree()

    assert dict.fromkeys(FILES, True) == {name: (made.path / name).is_file() for name in FILES}
    assert ground.base == project.git("rev-parse", "batchpack/run/one").strip()
    assert "locked batchpack run x" in project.git("worktree", "list", "--porcelain")
    assert before == (tree(project.folder / "src"), project.git("status", "--porcelain", "--branch"))


def test_making_it_again_returns_what_is_there(project: Project) -> None:
    """A second call leaves the agent's commits and files alone."""
    ground = lay(project)
    made = ground.tree()
    (made.path / "new.txt").write_text("x")
    project.git("-C", str(made.path), "commit", "-q", "--allow-empty", "-m", "work")
    trees.release(ground.repository, made)

    assert made == ground.tree()
    assert "x" == (made.path / "new.txt").read_text()
    assert registry.reason(made.record) == "batchpack run x"


def test_many_are_made_at_once(project: Project) -> None:
    """Threads that make worktrees at the same time do not get into each other's way."""
    ground = lay(project)
    names = [f"t{number}" for number in range(12)]

    with ThreadPoolExecutor(6) as pool:
        made = list(pool.map(ground.tree, names))
        for one in made:
            trees.check(one)
        gone = list(pool.map(lambda one: trees.remove(ground.repository, one, salvage_into=project.home / "s"), made))

    assert names == [one.path.name for one in made]
    assert [(True, None)] * 12 == [(one.present, one.salvaged) for one in gone]
    assert "* main\n" == project.git("branch")


def test_a_branch_with_another_tip_is_refused(project: Project) -> None:
    """A branch that exists already and holds something else is nobody's to take; one at the base is taken."""
    ground = lay(project)
    project.git("commit", "-q", "--allow-empty", "-m", "second")
    project.git("branch", "batchpack/run/one")
    project.git("branch", "batchpack/run/two", ground.base)

    with pytest.raises(Isolation, match="is there already, at"):
        ground.tree("one")
    assert not (ground.folder / "one").exists()
    assert ground.folder / "two" == ground.tree("two").path


def in_the_project(ground: Ground) -> Path:
    """Name a folder inside the main tree."""
    return ground.project.folder / "trees" / "one"


def around_the_project(ground: Ground) -> Path:
    """Name the folder that the project lies in."""
    return ground.project.folder.parent


def a_link(ground: Ground) -> Path:
    """Make a link and name it."""
    path = ground.project.home / "link"
    path.symlink_to(ground.project.home)
    return path


def through_a_link(ground: Ground) -> Path:
    """Name a folder in the main tree by a link that lies elsewhere."""
    (ground.project.home / "way").symlink_to(ground.project.folder)
    return ground.project.home / "way" / "one"


def somebody_elses(ground: Ground) -> Path:
    """Make a folder with a file in it and name it."""
    path = ground.project.home / "mine"
    path.mkdir()
    (path / "file").write_text("x")
    return path


def a_worktree_of_others(ground: Ground) -> Path:
    """Make a worktree by hand and name it."""
    path = ground.project.home / "hand"
    ground.project.git("worktree", "add", "-q", str(path))
    return path


def with_a_line_end(ground: Ground) -> Path:
    """Name a folder whose name git cannot keep in a line."""
    return ground.project.home / "a\nb"


@pytest.mark.parametrize(
    "place",
    [in_the_project, around_the_project, a_link, through_a_link, somebody_elses, a_worktree_of_others, with_a_line_end],
)
def test_a_place_that_is_not_free_is_refused(project: Project, place: Callable[[Ground], Path]) -> None:
    """A worktree is made outside of the main tree, where nothing of anybody's is; else nothing is touched."""
    ground = lay(project)
    path = place(ground)
    before = tree(project.home)

    with pytest.raises(Isolation):
        trees.create(ground.repository, path, "batchpack/run/one", ground.base)

    assert before == tree(project.home)
    assert "batchpack" not in project.git("branch")


@pytest.mark.parametrize(
    "branch", ["", "-d", "a..b", "a.lock", "a.lock/b", "a//b", "a/", "/a", "a b", "a\n", "@{-1}", ".a"]
)
def test_hostile_names_of_branches_are_refused(project: Project, branch: str) -> None:
    """A branch is made of plain words only; nothing reaches git as an option."""
    ground = lay(project)

    with pytest.raises(Isolation, match="cannot be the name"):
        trees.create(ground.repository, ground.folder / "one", branch, ground.base)


def test_a_base_is_a_whole_commit(project: Project) -> None:
    """Names that may move are refused as a base; a hash of nothing is git's to refuse."""
    ground = lay(project)

    with pytest.raises(Isolation, match="no commit's whole hash"):
        trees.create(ground.repository, ground.folder / "one", "batchpack/run/one", "main")
    with pytest.raises(ProgramFailed):
        trees.create(ground.repository, ground.folder / "one", "batchpack/run/one", "0" * 39 + "1")
    assert "" == project.git("branch", "--list", "batchpack/*")


def test_a_folder_that_somebody_deleted_comes_back_with_its_commits(project: Project) -> None:
    """The worktree is filled again at the tip of its branch, set up as before."""
    ground = lay(project)
    made = ground.tree()
    (made.path / "new.txt").write_text("x")
    project.git("-C", str(made.path), "add", "new.txt")
    project.git("-C", str(made.path), "commit", "-qm", "work")
    shutil.rmtree(made.path)
    with pytest.raises(Isolation, match="is gone"):
        trees.check(made)

    again = ground.tree(setup=("touch build-done.log",))

    assert made == again
    assert ("x", True) == ((made.path / "new.txt").read_text(), (made.path / "build-done.log").exists())
    assert "" == project.git("-C", str(made.path), "status", "--porcelain")


def test_a_packed_branch_is_a_branch(project: Project) -> None:
    """Branches that git packed into one file are found as well."""
    ground = lay(project)
    made = ground.tree()
    project.git("pack-refs", "--all")

    trees.check(made)
    assert made == ground.tree()


def test_removing_takes_all_but_what_has_worth(project: Project) -> None:
    """A worktree without work goes with its branch; commits stay on theirs; a second removal is fine."""
    ground = lay(project)
    idle, busy = ground.tree("idle"), ground.tree("busy")
    project.git("-C", str(busy.path), "commit", "-q", "--allow-empty", "-m", "work")

    for one in (idle, busy, idle):
        assert trees.remove(ground.repository, one, salvage_into=project.home / "s").salvaged is None

    assert ["batchpack/run/busy", "main"] == project.git("branch", "--format=%(refname:short)").split()
    assert 1 == len(project.git("worktree", "list").splitlines())
    assert [] == list(ground.folder.iterdir())


def test_removing_salvages_what_nobody_committed(project: Project) -> None:
    """Uncommitted files are saved before a worktree goes, and so are commits that lie on no branch."""
    ground = lay(project)
    dirty, lost = ground.tree("dirty"), ground.tree("lost")
    (dirty.path / "new.txt").write_text("x")
    project.git("-C", str(lost.path), "checkout", "-q", "--detach")
    project.git("-C", str(lost.path), "commit", "-q", "--allow-empty", "-m", "lost work")

    saved = [trees.remove(ground.repository, one, salvage_into=project.home / "s").salvaged for one in (dirty, lost)]

    assert saved[0] is not None
    assert saved[1] is not None
    assert ("new.txt",) == saved[0].untracked
    assert "lost work" in project.git("log", "-1", saved[1].ref)
    assert [] == list(ground.folder.iterdir())


def test_hooks_of_the_project_stay_out_of_making(project: Project) -> None:
    """A post-checkout hook that fails, as tools install them, does not fail the making."""
    ground = lay(project)
    hook = project.folder / ".git/hooks/post-checkout"
    hook.write_text("#!/bin/sh\nexit 1\n")
    hook.chmod(0o755)

    assert "print(1)\n" == (ground.tree().path / "app.py").read_text()


def test_a_sparse_project_has_sparse_worktrees(project: Project) -> None:
    """Agents see the part of the tree that the user sees."""
    ground = lay(project, {"a/x": "1", "b/x": "1", "c": "1"})
    project.git("sparse-checkout", "set", "a")

    made = ground.again().tree()

    assert {".git", "a", "c"} == {one.name for one in made.path.iterdir()}
    assert "" == project.git("-C", str(made.path), "status", "--porcelain")
