"""The value that this room works on."""

from __future__ import annotations

from pathlib import Path

from batchpack.worktrees.values import Worktree


def test_the_shared_folder_is_known_from_the_record() -> None:
    """Git's record of a worktree stands two levels below the folder that all share."""
    made = Worktree(Path("/w/one"), "batchpack/r/one", "0" * 40, Path("/p/.git/worktrees/one"))

    assert Path("/p/.git") == made.common
