"""What the commands on worktrees have in common: which are meant, and which runs are being driven."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from batchpack.app import App
    from batchpack.worktrees.listing import Row
    from batchpack.worktrees.repository import Repository

F = TypeVar("F", bound=Callable[..., Any])


def which(function: F) -> F:
    """Add what says which worktrees are meant: runs, and the project."""
    project = click.option("--project", type=click.Path(file_okay=False, path_type=Path), help="The project's folder.")
    return click.argument("runs", nargs=-1, metavar="[RUN]...")(project(function))


@dataclass(frozen=True, slots=True)
class Asked:
    """The worktrees that were asked for, in their repository; `driven` are the runs that a process drives now."""

    repository: Repository
    rows: tuple[Row, ...]
    runs: tuple[str, ...]
    driven: frozenset[str]
    targets: tuple[str, ...]

    def salvage_folder(self, run: str) -> Path:
        """Return where the salvage of a run goes: its folder, or one beside the runs where it has none any more."""
        folder = self.repository.root / ".batchpack"
        return folder / "runs" / run / "salvage" if (folder / "runs" / run).is_dir() else folder / "salvage" / run


def look(app: App, runs: Sequence[str], project: Path | None) -> Asked:
    """Look at the worktrees of some runs, or of all; raises UnknownRun for a word that leads to none."""
    from batchpack.worktrees import listing, repository

    opened = repository.open_at(app.project(project))
    targets = tuple(sorted({target for run in _folders(opened) if (target := _target(run))}))
    rows = listing.rows(opened, targets)
    known = sorted(
        {row.run for row in rows if row.run} | {run.name for run in _folders(opened)} | listing.branched(opened)
    )
    wanted = known if not runs else [_meant(word, known) for word in runs]
    mine = tuple(row for row in rows if row.run in wanted or not runs)
    return Asked(opened, mine, tuple(wanted), frozenset(filter(partial(_is_driven, opened), wanted)), targets)


def _folders(repository: Repository) -> list[Path]:
    """Return the folders of the project's runs."""
    folder = repository.root / ".batchpack" / "runs"
    return sorted(path for path in folder.iterdir() if path.is_dir()) if folder.is_dir() else []


def _meant(word: str, known: Sequence[str]) -> str:
    """Return the run that a word means; raises as `runs.store.find` does."""
    from batchpack.runs import ids, store

    ids.check_run_word(word)
    if word == ids.LATEST and known:
        return max(known)
    found = [run for run in known if ids.matches(run, word)]
    if not found:
        raise store.UnknownRun(word)
    if len(found) > 1:
        raise store.AmbiguousRun(word, found)
    return found[0]


def _target(folder: Path) -> str:
    """Return the ref that a run's merges move; empty for a run of another kind, or one that cannot be read."""
    from batchpack.errors import BatchpackError
    from batchpack.execution import facts

    try:
        return facts.read(folder / "run.json").target if facts.is_work(folder) else ""
    except BatchpackError:
        return ""


def _is_driven(repository: Repository, run: str) -> bool:
    """Tell whether a process drives a run at this moment."""
    from batchpack.execution.facts import is_work
    from batchpack.execution.store import WorkRun

    folder = repository.root / ".batchpack" / "runs" / run
    return is_work(folder) and WorkRun(folder).is_driven()


def facts_of(row: Row) -> dict[str, Any]:
    """Return what JSON says of a worktree."""
    return {
        "run": row.run, "task": row.task, "path": str(row.worktree.path), "branch": row.worktree.branch,
        "base": row.worktree.base, "state": row.state, "commits": row.commits, "uncommitted": list(row.uncommitted),
        "processes": list(row.processes),
    }  # fmt: skip


def name(row: Row) -> str:
    """Return how a worktree is called in a line: the run for short, and the task."""
    from batchpack.runs import ids

    return f"{ids.short(row.run) or '?'}  {row.task or '(merge queue)'}"


def may_go_on(repository: Repository, run: str) -> bool:
    """Tell whether a run has tasks that are not merged, so that it may be resumed; one that cannot be read may."""
    from batchpack.errors import BatchpackError
    from batchpack.execution.facts import is_work
    from batchpack.execution.store import WorkRun

    folder = repository.root / ".batchpack" / "runs" / run
    if not is_work(folder):
        return False
    try:
        return any(task.status != "merged" for task in WorkRun(folder).state().tasks.values())
    except BatchpackError:
        return True
