"""Worktrees made by writing git's record: git finds nothing missing in them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from batchpack.process import ProgramFailed
from batchpack.worktrees import making, registry
from batchpack.worktrees.isolation import Isolation, check
from tests.support.project import Project
from tests.worktrees.build import Ground, lay


def by_us(ground: Ground, place: Path, branch: str) -> None:
    """Make a worktree as this room does."""
    making.add(ground.repository, place, branch, ground.base, "a reason")


def by_git(ground: Ground, place: Path, branch: str) -> None:
    """Make a worktree as git does."""
    words = ("--no-track", "--lock", "--reason", "a reason", "-b", branch, "--", str(place), ground.base)
    ground.project.git("worktree", "add", "-q", *words)


def seen(ground: Ground, make: Callable[[Ground, Path, str], None], name: str) -> dict[str, str]:
    """Make a worktree and return all that git says of it, with its own name left out."""
    place = ground.folder / name
    make(ground, place, f"batchpack/run/{name}")

    def ask(*words: str) -> str:
        return ground.project.git("-C", str(place), *words).replace(name, "NAME")

    listed = ground.project.git("worktree", "list", "--porcelain").split("\n\n")
    record = ground.repository.common / "worktrees" / name
    return {
        "record": "".join(one for one in listed if str(place) in one).replace(name, "NAME"),
        "files": "".join(f"{one}: {(record / one).read_text()}" for one in ("commondir", "gitdir", "HEAD", "locked"))
        .replace(name, "NAME"),
        "pointer": (place / ".git").read_text().replace(name, "NAME"),
        "status": ask("status", "--porcelain=v2", "--branch"),
        "index": ask("ls-files", "--stage"),
        "reflog": ask("reflog", "show", "--format=%gs", f"batchpack/run/{name}"),
        "settings": ask("config", "--list", "--local"),
        "folders": ask("rev-parse", "--git-dir", "--git-common-dir", "--show-toplevel"),
    }  # fmt: skip


def test_git_sees_no_difference_to_one_of_its_own(project: Project) -> None:
    """Records, index, branch, log and settings are to the letter what `git worktree add` makes."""
    ground = lay(project)

    assert seen(ground, by_git, "first") == seen(ground, by_us, "second")


def test_git_can_move_lock_and_remove_it(project: Project) -> None:
    """Git's own commands work on it as on any other."""
    ground = lay(project)
    place, moved = ground.folder / "one", ground.folder / "moved"
    by_us(ground, place, "batchpack/run/one")

    project.git("worktree", "unlock", str(place))
    project.git("worktree", "move", str(place), str(moved))
    assert "" == project.git("-C", str(moved), "status", "--porcelain")
    project.git("worktree", "prune")
    project.git("worktree", "remove", str(moved))
    assert 1 == len(project.git("worktree", "list").splitlines())


def test_folders_of_the_same_name_have_records_of_their_own(project: Project) -> None:
    """Three worktrees whose folders have one name do not get each other's record."""
    ground = lay(project)

    made = [ground.tree(f"{folder}/one") for folder in "ab"]
    project.git("worktree", "add", "-q", str(project.home / "one"))

    assert ["one", "one1"] == [one.record.name for one in made]
    for one in made:
        check(one)


@pytest.mark.parametrize("prepare", ["sparse-checkout set src", "config extensions.worktreeConfig true"])
def test_what_only_git_knows_is_left_to_git(project: Project, prepare: str) -> None:
    """In a repository in which worktrees have settings of their own, git makes the worktree."""
    ground = lay(project)
    project.git(*prepare.split())
    if "extensions" in prepare:
        project.git("config", "--worktree", "core.somewhat", "x")

    made = ground.again().tree()

    check(made)
    assert "" == project.git("-C", str(made.path), "status", "--porcelain")
    expected = project.git("config", "--get-regexp", "core.s.*")
    assert expected == project.git("-C", str(made.path), "config", "--get-regexp", "core.s.*")


def test_relative_paths_of_newer_gits_are_understood(project: Project) -> None:
    """A worktree whose files name each other by relative paths is found and checked."""
    ground = lay(project)
    made = ground.tree()
    (made.record / "gitdir").write_text("../../../../project.worktrees/one/.git\n")
    (made.path / ".git").write_text("gitdir: ../../project/.git/worktrees/one\n")

    assert made.record == registry.find(ground.repository.common, made.path)
    check(made)
    (made.path / ".git").write_text("gitdir: ../../project/.git\n")
    with pytest.raises(Isolation):
        check(made)


def test_a_branch_that_is_checked_out_elsewhere_is_refused(project: Project) -> None:
    """Two worktrees on one branch would move it under each other."""
    ground = lay(project)
    project.git("worktree", "add", "-q", "-b", "batchpack/run/one", str(project.home / "mine"))

    with pytest.raises(Isolation, match="is checked out at"):
        ground.tree()
    project.git("switch", "-qc", "batchpack/run/two")
    with pytest.raises(Isolation, match="is checked out at"):
        ground.again().tree("two")


def test_a_branch_cannot_lie_below_another(project: Project) -> None:
    """A branch of the user's where ours must have a folder is git's to refuse, before anything is made."""
    ground = lay(project)
    project.git("branch", "batchpack")

    with pytest.raises(ProgramFailed, match="git update-ref"):
        ground.tree()
    assert not ground.folder.exists()
