"""A worktree that an agent led off its branch, brought back without losing a commit or a file."""

from __future__ import annotations

import shutil

from batchpack import git
from batchpack.process import Completed
from batchpack.worktrees import deleting, registry, status
from batchpack.worktrees.isolation import COMMIT, Isolation, check
from batchpack.worktrees.values import Worktree

UNFINISHED = (
    "rebase-merge", "rebase-apply", "MERGE_HEAD", "MERGE_MSG", "MERGE_MODE", "CHERRY_PICK_HEAD", "REVERT_HEAD",
    "sequencer", "BISECT_LOG", "BISECT_START", "BISECT_NAMES", "BISECT_TERMS", "BISECT_EXPECTED_REV",
)  # fmt: skip
"""Files of a git folder that keep what is under way."""

STRAYS = "refs/batchpack/strays/"
"""Where commits stay reachable that do not fit onto the branch they belong to."""


def mend(worktree: Worktree) -> bool:
    """Put a worktree back onto its branch, with its files as they are; tell whether that was needed.

    What an agent committed elsewhere moves its branch forward if it builds on it; else it stays reachable below
    `refs/batchpack/strays/`, and its files count as uncommitted. A rebase, merge or the like that is under way on
    another branch is forgotten. Only to be called while nobody works there. Raises Isolation where it is beyond that.
    """
    try:
        check(worktree)
    except Isolation:
        if not worktree.path.is_dir() or worktree.path.is_symlink():
            raise
    else:
        return False
    _point_back(worktree)
    deleting.stale_locks(worktree.common, worktree.branch, worktree.record)
    known = _last_known(worktree)
    here = known if _drop_link(worktree) else _commit(worktree, "HEAD") or known
    if not here:
        raise Isolation(f"{worktree.path} has lost its branch and its commits", "delete the folder and start anew")
    _move_branch(worktree, here)
    for name in UNFINISHED:
        path = worktree.record / name
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    _ask(worktree, "symbolic-ref", "HEAD", f"refs/heads/{worktree.branch}")
    check(worktree)
    return True


def _point_back(worktree: Worktree) -> None:
    """Write the `.git` file anew; a folder of that name is a repository that somebody made, and stays."""
    file = worktree.path / ".git"
    if registry.points_to(worktree.path, worktree.record):
        return
    if file.is_dir() and not file.is_symlink():
        raise Isolation(f"{worktree.path} holds a repository of its own", f"delete {file} and run the command again")
    file.unlink(missing_ok=True)
    file.write_text(f"gitdir: {worktree.record}\n")


def _drop_link(worktree: Worktree) -> bool:
    """Delete the branch where it was made another name of somebody's, which stays; tell whether it was."""
    tip = registry.tip(worktree.common, worktree.branch)
    is_link = tip is not None and not COMMIT.fullmatch(tip)
    if is_link:
        _ask(worktree, "symbolic-ref", "--delete", f"refs/heads/{worktree.branch}")
    return is_link


def _move_branch(worktree: Worktree, here: str) -> None:
    """Bring the branch to the commit that is checked out, or keep that commit by a ref of its own."""
    ref = f"refs/heads/{worktree.branch}"
    tip = registry.tip(worktree.common, worktree.branch)
    if tip is None:
        _ask(worktree, "update-ref", ref, here)
    elif _ask(worktree, "merge-base", "--is-ancestor", tip, here, check=False).code == 0:
        _ask(worktree, "update-ref", ref, here, tip)
    else:
        _ask(worktree, "update-ref", f"{STRAYS}{here}", here)


def _commit(worktree: Worktree, name: str) -> str:
    """Return the commit that a name stands for in a worktree; empty for none."""
    return _ask(worktree, "rev-parse", "--verify", "--quiet", f"{name}^{{commit}}", check=False).out.strip()


def _last_known(worktree: Worktree) -> str:
    """Return the last commit that git noted to be checked out there; empty where it noted none that is there."""
    log = worktree.record / "logs/HEAD"
    lines = log.read_text(errors="replace").splitlines() if log.exists() else []
    words = [word for line in lines[:-10:-1] for word in reversed(line.split(" ")[:2]) if COMMIT.fullmatch(word)]
    return next((found for word in words if (found := _commit(worktree, word))), "")


def _ask(worktree: Worktree, *words: str, check: bool = True) -> Completed:
    """Ask git on a worktree by its record, whatever its own `.git` says."""
    return git.ask(worktree.path, *words, check=check, env=status.place(worktree.path, worktree.record))
