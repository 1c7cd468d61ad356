"""The worktrees of batches that a repository has, and the state each is in."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from batchpack import git
from batchpack.worktrees import changes, occupants, registry, status
from batchpack.worktrees.isolation import Isolation, check
from batchpack.worktrees.repository import Repository
from batchpack.worktrees.values import Worktree

State = Literal["in use", "half made", "gone", "astray", "uncommitted", "unmerged", "merged", "unchanged"]
BRANCH = re.compile(r"batchpack/(?P<run>[^/]+)/(?P<task>.+)")
RUN = re.compile(r"[0-9]{8}T[0-9]{6}-[0-9a-f]{4}")
INTEGRATION = "integration"


@dataclass(frozen=True, slots=True)
class Row:
    """A worktree of a batch. `task` is empty for that of a merge queue.

    `commits` counts those that its branch has beyond its base, `uncommitted` names files that no commit has.
    `state`: `in use` by a process, `half made` by one that was killed, `gone` (its folder was deleted), `astray` (it
    left its branch or repository), `uncommitted`, `unmerged` or `merged` commits, `unchanged`.
    """

    run: str
    task: str
    worktree: Worktree
    state: State
    commits: int = 0
    uncommitted: tuple[str, ...] = ()
    processes: tuple[int, ...] = ()


def rows(repository: Repository, targets: Sequence[str] = ()) -> list[Row]:
    """List the worktrees of all batches by run and task; work counts as merged if a target or HEAD has it.

    `targets` are refs beside the integration branch of each run and the commit checked out in the main tree.
    """
    found = [row for record in registry.records(repository.common) if (row := _row(repository, record, targets))]
    return sorted(found, key=lambda row: (row.run, row.task, row.worktree.path))


def _row(repository: Repository, record: Path, targets: Sequence[str]) -> Row | None:
    """Describe the worktree of a record; None for one that is none of ours."""
    mark, path = registry.mark(record), registry.tree_of(record)
    reason = registry.reason(record) or ""
    if path is None or (mark is None and not reason.startswith("batchpack")):
        return None
    branch = str((mark or {}).get("branch") or registry.branch_of(record))
    named = BRANCH.fullmatch(branch)
    run = named["run"] if named else next((part for part in reversed(path.parts) if RUN.fullmatch(part)), "")
    worktree = Worktree(path, branch, str((mark or {}).get("base", "")), record)
    if named is None:
        return Row(run, "", worktree, "in use" if (busy := occupants.of(path)) else "unchanged", processes=busy)
    return _task_row(
        repository, worktree, (run, named["task"]), (*targets, f"refs/heads/batchpack/{run}/{INTEGRATION}")
    )


def _task_row(repository: Repository, worktree: Worktree, name: tuple[str, str], targets: Sequence[str]) -> Row:
    """Describe the worktree of a task."""
    tip = registry.tip(worktree.common, worktree.branch)
    commits = count(repository, worktree.base, tip) if worktree.base and tip else 0
    busy = occupants.of(worktree.path)
    if busy or not worktree.base or not worktree.path.is_dir():
        return Row(*name, worktree, "in use" if busy else "gone" if worktree.base else "half made", commits, (), busy)
    left = tuple(one.path for one in changes.uncommitted(worktree, status.read(worktree.path, worktree.record)))
    return Row(*name, worktree, _state(repository, worktree, left, tip if commits else None, targets), commits, left)


def _state(
    repository: Repository, worktree: Worktree, left: Sequence[str], tip: str | None, targets: Sequence[str]
) -> State:
    """Say in which state a whole worktree is, given what is uncommitted and the last commit of work."""
    try:
        check(worktree)
    except Isolation:
        return "astray"
    if left:
        return "uncommitted"
    if tip is None:
        return "unchanged"
    return "merged" if is_merged(repository, tip, targets) else "unmerged"


def count(repository: Repository, base: str, tip: str) -> int:
    """Count the commits that one commit has beyond another; 0 where git knows one of them no more."""
    done = git.ask(repository.root, "rev-list", "--count", tip, f"^{base}", "--", check=False)
    return int(done.out) if done.code == 0 else 0


def is_merged(repository: Repository, commit: str, targets: Sequence[str]) -> bool:
    """Tell whether HEAD of the main tree or one of some refs has a commit among its ancestors."""
    return any(
        git.ask(repository.root, "merge-base", "--is-ancestor", commit, target, check=False).code == 0
        for target in dict.fromkeys((repository.head, *targets))
    )


def branched(repository: Repository) -> set[str]:
    """Name the runs that have branches."""
    said = git.ask(repository.root, "for-each-ref", "--format=%(refname)", "refs/heads/batchpack/").out.splitlines()
    return {parts[3] for ref in said if len(parts := ref.split("/")) > 4}
