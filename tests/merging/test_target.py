"""The branch: moved by one at a time, from where it was seen, and never under somebody's feet."""

from __future__ import annotations

import os
import time

import pytest

from batchpack.errors import BatchpackError, Busy
from batchpack.merging import target
from batchpack.merging.target import Look, Target
from tests.merging.ground import TARGET, Ground


def test_it_moves_from_where_it_was_seen_only(ground: Ground) -> None:
    """A move from another commit than the present one does nothing."""
    branch, new, other = Target(ground.root, TARGET), ground.commit({"x": "1"}), ground.commit({"x": "2"})

    assert [True, False] == [branch.move(ground.base, new), branch.move(ground.base, other)]
    assert Look(new) == branch.look()


def test_what_keeps_it_from_being_moved_is_told(ground: Ground) -> None:
    """A branch that is missing, another name of one, or checked out is not moved."""
    ground.git("symbolic-ref", "refs/heads/alias", "refs/heads/main")

    assert "there is no branch x" == Target(ground.root, "refs/heads/x").look().obstacle
    assert "alias is another name of main" == Target(ground.root, "refs/heads/alias").look().obstacle
    assert f"main is checked out in {ground.root}; leave it there: git switch --detach" == (
        Target(ground.root, "refs/heads/main").look().obstacle
    )


def test_one_holds_it_across_runs(ground: Ground) -> None:
    """Who holds a branch keeps out all others in the repository, of other worktrees too, but no other branch."""
    branch, other = Target(ground.root, TARGET), Target(ground.root, "refs/heads/other")
    tree = ground.root.parent / "tree"
    ground.git("worktree", "add", "-q", "--detach", str(tree))
    with branch.held(), other.held(), pytest.raises(Busy), Target(tree, TARGET).held():
        pytest.fail("two held it")


def test_a_lock_that_a_killed_git_left_is_dropped(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    """An old lock on the branch is taken away; a young one is waited for."""
    lock = ground.root / ".git" / f"{TARGET}.lock"
    lock.touch()
    os.utime(lock, (time.time() - 60, time.time() - 60))
    new = ground.commit({"x": "1"})

    assert Target(ground.root, TARGET).move(ground.base, new)

    monkeypatch.setattr(target, "LOCK_SECONDS", 0.2)
    lock.touch()
    began = time.monotonic()

    assert Target(ground.root, TARGET).move(new, ground.base)
    assert time.monotonic() - began >= 0.15


def test_names_that_are_no_branches_are_refused(ground: Ground) -> None:
    """Only the whole name of a branch will do."""
    Target(ground.root, "refs/heads/ärger/x-1").check()
    git_mistakes = ("refs/heads/HEAD", "refs/heads/-x", "refs/heads/refs/heads/main")
    for name in (
        "main",
        "refs/remotes/x",
        "refs/heads/",
        "refs/heads/a b",
        "refs/heads/x.lock",
        "--all",
        *git_mistakes,
    ):
        with pytest.raises(BatchpackError, match="is no branch"):
            Target(ground.root, name).check()
