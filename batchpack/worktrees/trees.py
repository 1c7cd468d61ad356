"""Worktrees made, checked and taken away; each act can be done again after it was killed anywhere."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from batchpack import git
from batchpack.worktrees import deleting, making, mending, occupants, preparing, registry, salvage
from batchpack.worktrees.isolation import COMMIT, Isolation, check
from batchpack.worktrees.repository import Repository
from batchpack.worktrees.values import Worktree

__all__ = ["Isolation", "Removed", "Worktree", "check", "create", "discard", "release", "remove"]

BRANCH = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(?:/[A-Za-z0-9][A-Za-z0-9._-]*)*")
LOCKED_BY = "batchpack"
"""The first word of the reason under which git keeps our worktrees from being pruned."""


@dataclass(frozen=True, slots=True)
class Removed:
    """What became of a worktree: whether there was one, and what was salvaged from it before."""

    present: bool
    salvaged: salvage.Salvage | None = None


def create(  # noqa: PLR0913 - all of it is known of a task at once
    repository: Repository,
    path: Path,
    branch: str,
    base: str,
    *,
    include: Sequence[str] = (),
    setup: Sequence[str] = (),
    reason: str = "",
    stop: Callable[[], bool] = lambda: False,
) -> Worktree:
    """Make a worktree with a new branch at a commit, prepared and locked; one that is there already is returned.

    `include` are patterns of ignored files to copy from the main tree beside those of `.worktreeinclude`, `setup`
    lines for the shell that are run in it, `reason` says whose it is, `stop` ends a line that runs. What a killed call
    left half made is made anew: nobody has worked there yet. A worktree that was deleted or removed comes back at the
    tip of its branch, and one that an agent led off its branch is put back onto it.
    May be called from several threads, for different paths. Raises Isolation, or BatchpackError with what git, the
    copying or a set-up line said.
    """
    place = checked_place(repository, path)
    _check_names(branch, base)
    record = registry.find(repository.common, place)
    facts = None if record is None else registry.mark(record)
    if record is not None and facts is not None:
        if facts.get("branch") != branch:
            raise Isolation(
                f"{place} is a worktree of branch {str(facts.get('branch'))[:200]}, not of {branch}",
                "name another folder for worktrees: --worktree-dir",
            )
        registry.lock(record, f"{LOCKED_BY} {reason}".strip())
        made = Worktree(place, branch, str(facts["base"]), record)
        if facts.get("ready") and place.exists():
            mending.mend(made)
            return made
        _revive(made, facts)
    else:
        if record is not None:
            _clear_half_made(place, record)
        made = making.add(repository, place, branch, base, f"{LOCKED_BY} {reason}".strip())
    check(made)
    prepared = preparing.prepare(repository, made, include, setup, stop)
    check(made)
    registry.set_mark(made.record, {"branch": branch, "base": made.base, "ready": True, "prepared": prepared})
    return made


def checked_place(repository: Repository, path: Path) -> Path:
    """Return the real path for a worktree; raises Isolation for one inside the main tree or in anybody's way."""
    place = path.parent.resolve() / path.name
    if not str(place).isprintable() or place.is_symlink():
        raise Isolation(f"no worktree can be at {str(place)!r}", "name a folder that is no link and has a plain name")
    for other in (repository.root, repository.common):
        if place.is_relative_to(other) or other.is_relative_to(place):
            raise Isolation(
                f"{place} and {other} lie inside each other: work there would not be isolated",
                "name a folder for worktrees outside of the project: --worktree-dir ../worktrees",
            )
    if registry.find(repository.common, place) is None and place.exists() and not _is_empty(place):
        raise Isolation(
            f"{place} is there already and is no worktree of {repository.root}",
            "rename it, or name another folder: --worktree-dir",
        )
    return place


def _is_empty(place: Path) -> bool:
    """Tell whether a path is a folder with nothing in it."""
    return place.is_dir() and not any(place.iterdir())


def _check_names(branch: str, base: str) -> None:
    """Refuse a branch or commit that is not in the form that this room works with."""
    if not BRANCH.fullmatch(branch) or ".." in branch or any(part.endswith(".lock") for part in branch.split("/")):
        raise Isolation(f"{branch[:200]!r} cannot be the name of a branch", "use letters, digits, dots, _ and -")
    if not COMMIT.fullmatch(base):
        raise Isolation(f"{base[:200]!r} is no commit's whole hash", "resolve the name first")


def _clear_half_made(place: Path, record: Path) -> None:
    """Take away what a killed call of ours left before anybody worked there; refuse what is not ours."""
    if not (registry.reason(record) or "").startswith((LOCKED_BY, "initializing")):
        raise Isolation(f"{place} is a worktree that somebody else made", "name another folder: --worktree-dir")
    if others := occupants.await_end(place):
        raise Isolation(f"{place} is still being made by process {others[0]}", "end it, or run the command again later")
    discard(place, record)


def _revive(worktree: Worktree, facts: dict[str, object]) -> None:
    """Fill the folder of a worktree again that somebody deleted, at the tip of its branch; git's record stays."""
    registry.set_mark(worktree.record, {**facts, "ready": False})
    making.fill(worktree)


def release(_repository: Repository, worktree: Worktree) -> None:
    """Unlock a worktree: its files stay, and git and people may take it away."""
    registry.unlock(worktree.record)


def remove(repository: Repository, worktree: Worktree, *, salvage_into: Path) -> Removed:
    """Take a worktree away; what is not committed there is salvaged first, into a folder below `salvage_into`.

    The branch stays where it has commits of its own. One that is gone already is fine.
    """
    record = registry.find(repository.common, worktree.path)
    saved = None
    if record is not None:
        if worktree.path.exists() and registry.mark(record) is not None and salvage.is_needed(worktree):
            saved = salvage.save(repository, worktree, salvage_into)
        discard(worktree.path, record)
    if registry.tip(repository.common, worktree.branch) == worktree.base:
        deleting.stale_locks(repository.common, worktree.branch)
        ref = f"refs/heads/{worktree.branch}"
        git.ask(repository.root, "update-ref", "-d", ref, worktree.base, check=False)
    return Removed(record is not None, saved)


def discard(path: Path, record: Path) -> None:
    """Delete a worktree's folder and git's record of it, whatever is in them; a killed call can be repeated."""
    deleting.worktree(path, record)
