"""Whether a worktree is what it must be: a folder of its own, on its branch, in its repository."""

from __future__ import annotations

import re

from batchpack.errors import BatchpackError
from batchpack.worktrees import registry
from batchpack.worktrees.values import Worktree

COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")


class Isolation(BatchpackError):
    """A worktree that is not what it must be: no agent may work, and no work may be judged there."""


def check(worktree: Worktree) -> None:
    """Raise Isolation unless a worktree is a folder of its own, on its branch, in the repository it was made from.

    It reads files only, so it costs next to nothing.
    """
    path, record = worktree.path, worktree.record
    if path.is_symlink() or not path.is_dir():
        raise Isolation(f"the worktree {path} is gone", "run the command again: it comes back at the tip of its branch")
    if registry.tree_of(record) != path or not registry.points_to(path, record):
        raise Isolation(f"{path} does not lead to its repository", "its .git file was changed: delete the folder")
    if (branch := registry.branch_of(record)) != worktree.branch:
        raise Isolation(
            f"{path} is on {f'branch {branch}' if branch else 'no branch'} instead of {worktree.branch}",
            f"work must stay on its branch: git switch {worktree.branch}",
        )
    tip = registry.tip(worktree.common, worktree.branch)
    if tip is None or not COMMIT.fullmatch(tip):
        raise Isolation(f"the branch {worktree.branch} of {path} is gone", "somebody deleted it or made it a link")
