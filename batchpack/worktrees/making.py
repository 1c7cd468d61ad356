"""New worktrees, with git's record of each put in place in one step.

`git worktree add` reads all records while others write theirs, and fails now and then when several run at once. So the
record is written whole, as gitrepository-layout(5) says, and then renamed to its place; git fills the folder.
"""

from __future__ import annotations

import os
from pathlib import Path

from batchpack import files, git
from batchpack.worktrees import deleting, registry
from batchpack.worktrees.isolation import Isolation
from batchpack.worktrees.repository import Repository
from batchpack.worktrees.values import Worktree

CHECKOUT_SECONDS = 1800.0
NO_HOOKS = ("-c", "core.hooksPath=/dev/null")
NOTHING = "0" * 40
LEAVE_TO_GIT = ("config.worktree", "info/sparse-checkout", "reftable")
"""Parts of a repository of which git gives each worktree its own, in ways that only git knows."""


def add(repository: Repository, place: Path, branch: str, base: str, reason: str) -> Worktree:
    """Make a worktree with a branch at a commit, locked for a reason. No hooks run: set-up is said in the plan.

    A branch that is there is taken if it was once made at that commit and still builds on it.
    """
    tip = registry.tip(repository.common, branch)
    if tip is not None:
        _check_branch(repository, branch, base, tip)
    if any((repository.common / name).exists() for name in LEAVE_TO_GIT):
        return Worktree(place, branch, base, _by_git(repository, place, (branch, base), reason, is_new=tip is None))
    deleting.stale_locks(repository.common, branch)
    if tip is None:
        nothing = NOTHING if len(base) == len(NOTHING) else "0" * len(base)
        words = ("--create-reflog", "-m", f"branch: Created from {base}", f"refs/heads/{branch}", base, nothing)
        git.ask(repository.root, "update-ref", *words)
    made = Worktree(place, branch, base, _put_record(repository.common, place, branch, reason))
    fill(made)
    return made


def _check_branch(repository: Repository, branch: str, base: str, tip: str) -> None:
    """Refuse a branch that is not this task's own, or that another worktree is on."""
    ref = f"refs/heads/{branch}"
    own = tip == base or (
        registry.origin(repository.common, branch) == base
        and git.ask(repository.root, "merge-base", "--is-ancestor", base, ref, check=False).code == 0
    )
    if not own:
        raise Isolation(
            f"branch {branch} is there already, at {tip[:12]} and not at {base[:12]}",
            f"look at it: git log {branch}; when nothing of it is needed: git branch -D {branch}",
        )
    others = [record for record in registry.records(repository.common) if registry.branch_of(record) == branch]
    if others or repository.branch == branch:
        where = registry.tree_of(others[0]) if others else repository.root
        raise Isolation(f"branch {branch} is checked out at {where}", "switch to another branch there")


def _put_record(common: Path, place: Path, branch: str, reason: str) -> Path:
    """Write git's record of a worktree aside and rename it to its place; return where that is."""
    making = deleting.aside(common, place.name)
    making.mkdir(parents=True)
    facts = {
        "gitdir": f"{place}/.git", "HEAD": f"ref: refs/heads/{branch}", "commondir": "../..", "locked": reason,
    }  # fmt: skip
    for name, text in facts.items():
        (making / name).write_text(f"{text}\n")
    (common / "worktrees").mkdir(exist_ok=True)
    number = 0
    while True:
        record = common / "worktrees" / (place.name if not number else f"{place.name}{number}")
        try:
            making.rename(record)
        except OSError:
            if not record.exists():
                raise
            number += 1
        else:
            return record


def fill(worktree: Worktree) -> None:
    """Make a worktree's folder anew from the tip of its branch."""
    deleting.folder(worktree.path)
    worktree.path.mkdir(parents=True)
    (worktree.path / ".git").write_text(f"gitdir: {worktree.record}\n")
    deleting.stale_locks(worktree.common, worktree.branch, worktree.record)
    words = ("reset", "--quiet", "--hard", "--no-recurse-submodules")
    git.ask(worktree.path, *NO_HOOKS, *words, timeout=CHECKOUT_SECONDS)


def _by_git(repository: Repository, place: Path, names: tuple[str, str], reason: str, *, is_new: bool) -> Path:
    """Have git make a worktree, one after another, and return its record."""
    branch, base = names
    which = ("--no-track", "-b", branch, "--", str(place), base) if is_new else ("--", str(place), branch)
    words = ("worktree", "add", "--quiet", "--lock", "--reason", reason, *which)
    with files.locked(repository.common / "batchpack-worktrees.lock", "the making of worktrees", CHECKOUT_SECONDS):
        git.ask(repository.root, *NO_HOOKS, *words, timeout=CHECKOUT_SECONDS)
    record = registry.find(repository.common, place)
    if record is None:
        raise Isolation(f"git made no worktree at {os.fspath(place)}", "run the command again")
    return record
