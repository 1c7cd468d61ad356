"""`batchpack worktrees clean`: worktrees and branches that are not needed any more, taken away."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from batchpack.app import App
from batchpack.commands.worktrees import _asked
from batchpack.output import say, say_json

if TYPE_CHECKING:
    from batchpack.worktrees.cleaning import Cleaned


@click.command(short_help="Take away worktrees whose work is merged or saved.")
@_asked.which
@click.option("--all", "everything", is_flag=True, help="Those with unmerged or uncommitted work too; it is saved.")
@click.option("--dry-run", is_flag=True, help="Only say what would be taken away.")
@click.option("--json", "as_json", is_flag=True, help="Print facts as JSON.")
@click.pass_obj
def command(
    app: App, runs: tuple[str, ...], project: Path | None, everything: bool, dry_run: bool, as_json: bool
) -> None:
    """Take away the worktrees of RUNs (by default of all runs) whose work is merged, and the branches of merged work.

    Unmerged or uncommitted work keeps its worktree. With --all such worktrees go too: what is not committed is saved
    first, and commits stay on their branches. A run that goes on, and a worktree in which a process works, is left
    alone.
    """
    from batchpack.worktrees import cleaning

    asked = _asked.look(app, runs, project)
    free = [row for row in asked.rows if row.run not in asked.driven]
    cleaned = [cleaning.Cleaned(row, "the run goes on") for row in asked.rows if row.run in asked.driven]
    branches: list[str] = []
    if dry_run:
        cleaned += [cleaning.Cleaned(row, cleaning.reason_to_keep(row, everything=everything)) for row in free]
    else:
        cleaned += cleaning.clean(asked.repository, free, asked.salvage_folder, everything=everything)
        ended = [run for run in asked.runs if run not in asked.driven]
        unfinished = [run for run in ended if _asked.may_go_on(asked.repository, run)]
        branches = cleaning.delete_branches(asked.repository, ended, asked.targets, unfinished)
    if as_json:
        say_json({"dry_run": dry_run, "worktrees": [facts_of(one) for one in cleaned], "branches": branches})
    else:
        _tell(cleaned, branches, dry_run=dry_run)


def facts_of(one: Cleaned) -> dict[str, object]:
    """Return what JSON says of a worktree that was to go."""
    saved = None if one.salvaged is None else str(one.salvaged.folder)
    return {**_asked.facts_of(one.row), "kept": one.kept, "salvaged": saved}


def _tell(cleaned: list[Cleaned], branches: list[str], *, dry_run: bool) -> None:
    """Say what became of each worktree."""
    gone = [one for one in cleaned if not one.kept]
    kept = [one for one in cleaned if one.kept]
    say(f"{'Would take away' if dry_run else 'Taken away'}: {_worktrees(len(gone))}{_and_branches(branches)}.")
    for one in gone:
        saved = (
            f"; saved in {one.salvaged.folder}, where salvage.json says how to bring it back" if one.salvaged else ""
        )
        if saved or dry_run:
            say(f"  {_asked.name(one.row)}{saved}")
    if kept:
        say(f"Kept: {_worktrees(len(kept))}.")
    for one in kept:
        say(f"  {_asked.name(one.row)}: {one.kept}  {one.row.worktree.path}")
    if any(one.row.state in {"unmerged", "uncommitted", "astray"} and one.kept != "the run goes on" for one in kept):
        say("To take these away too, saved first: batchpack worktrees clean --all")


def _worktrees(count: int) -> str:
    """Say how many worktrees."""
    return f"{count or 'no'} worktree{'s' * (count != 1)}"


def _and_branches(branches: list[str]) -> str:
    """Say how many branches went with them; nothing where there are none."""
    return f" and {len(branches)} merged branch{'es' * (len(branches) != 1)}" if branches else ""
