"""Worktrees and branches of batches taken away when nothing would be lost, or when it was saved."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from batchpack import git
from batchpack.worktrees import deleting, listing, registry, trees
from batchpack.worktrees.listing import Row
from batchpack.worktrees.repository import Repository
from batchpack.worktrees.salvage import Salvage

HARMLESS = ("merged", "unchanged", "half made", "gone")
"""The states in which no file is lost with a worktree."""


@dataclass(frozen=True, slots=True)
class Cleaned:
    """What became of a worktree: `kept` says why it stays (empty: it is gone), `salvaged` what was saved before."""

    row: Row
    kept: str = ""
    salvaged: Salvage | None = None


def reason_to_keep(row: Row, *, everything: bool) -> str:
    """Say why a worktree stays; empty for one that may go."""
    if row.state == "in use":
        return f"process {row.processes[0]} works there"
    if everything or row.state in HARMLESS:
        return ""
    if row.state == "unmerged":
        return f"{row.commits} commit{'s' * (row.commits != 1)} not merged"
    if row.state == "astray" and not row.uncommitted:
        return "it left its branch"
    return f"{len(row.uncommitted)} file{'s' * (len(row.uncommitted) != 1)} not committed"


def clean(
    repository: Repository, rows: Sequence[Row], salvage_into: Callable[[str], Path], *, everything: bool
) -> list[Cleaned]:
    """Take worktrees away: by default those without unmerged work, with `everything` all that nobody works in.

    What is not committed is salvaged first, into the folder that `salvage_into` names for a run. Commits stay on their
    branches. It may be killed anywhere and called again.
    """
    cleaned = []
    for row in rows:
        kept = reason_to_keep(row, everything=everything)
        saved = None if kept else _take(repository, row, salvage_into)
        cleaned.append(Cleaned(row, kept, saved))
    for parent in {row.worktree.path.parent for row in rows}:
        _sweep(parent, repository)
    return cleaned


def _take(repository: Repository, row: Row, salvage_into: Callable[[str], Path]) -> Salvage | None:
    """Take one worktree away."""
    if not row.task or not row.worktree.base:
        trees.discard(row.worktree.path, row.worktree.record)
        return None
    return trees.remove(repository, row.worktree, salvage_into=salvage_into(row.run)).salvaged


def _sweep(parent: Path, repository: Repository) -> None:
    """Delete what killed removals left in a folder of worktrees, and the folder when it is empty."""
    if not parent.is_dir() or repository.root.is_relative_to(parent):
        return
    deleting.sweep(parent, repository.common)
    with suppress(OSError):
        parent.rmdir()
        if parent.parent.name == f"{repository.root.name}.worktrees":
            parent.parent.rmdir()


def delete_branches(
    repository: Repository, runs: Sequence[str], targets: Sequence[str] = (), unfinished: Sequence[str] = ()
) -> list[str]:
    """Delete the branches of some runs whose commits are all merged and which no worktree has; return their names.

    A task's branch goes when the run's integration branch, a target or HEAD has it; the integration branch when HEAD
    has it and the run is none of the `unfinished`, which go on from there.
    """
    in_use = {registry.branch_of(record) for record in registry.records(repository.common)}
    gone = []
    for run in runs:
        said = git.ask(
            repository.root, "for-each-ref", "--format=%(objectname) %(refname)", f"refs/heads/batchpack/{run}"
        )
        integration = f"refs/heads/batchpack/{run}/{listing.INTEGRATION}"
        found = [line.split(" ", 1) for line in said.out.splitlines()]
        for tip, ref in sorted(found, key=lambda one: one[1] == integration):  # the one that others lead to goes last
            if ref == integration and run in unfinished:
                continue
            others = () if ref == integration else (integration, *targets)
            if ref.removeprefix("refs/heads/") not in in_use and listing.is_merged(repository, tip, others):
                git.ask(repository.root, "update-ref", "-d", ref, tip)
                gone.append(ref.removeprefix("refs/heads/"))
    return gone
