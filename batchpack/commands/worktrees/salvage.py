"""`batchpack worktrees salvage`: what nobody committed, saved; the worktrees stay."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from batchpack.app import App
from batchpack.commands.worktrees import _asked
from batchpack.output import say, say_json

if TYPE_CHECKING:
    from batchpack.worktrees.listing import Row
    from batchpack.worktrees.salvage import Salvage


@click.command(short_help="Save what is not committed; worktrees stay.")
@_asked.which
@click.option("--task", "tasks", multiple=True, help="Only this task; may be given again.")
@click.option("--json", "as_json", is_flag=True, help="Print facts as JSON.")
@click.pass_obj
def command(app: App, runs: tuple[str, ...], project: Path | None, tasks: tuple[str, ...], as_json: bool) -> None:
    """Save what is not committed in the worktrees of RUNs, as a patch and an archive, and say how to bring it back.

    The worktrees stay as they are. Commits are not copied: they are on the tasks' branches, and a ref keeps them.
    """
    from batchpack.worktrees import salvage

    asked = _asked.look(app, runs, project)
    worth = [row for row in asked.rows if _is_worth(row, tasks)]
    saved = [salvage.save(asked.repository, row.worktree, asked.salvage_folder(row.run)) for row in worth]
    if as_json:
        say_json({"salvaged": [facts_of(row, one) for row, one in zip(worth, saved, strict=True)]})
    elif not saved:
        say("Nothing to salvage: everything is committed.")
    else:
        tell(worth, saved)


def _is_worth(row: Row, tasks: Sequence[str]) -> bool:
    """Tell whether a worktree has something to be saved and is among those asked for."""
    from batchpack.worktrees import salvage

    wanted = bool(row.task and row.worktree.base) and (not tasks or row.task in tasks)
    return wanted and row.worktree.path.is_dir() and salvage.is_needed(row.worktree)


def tell(rows: Sequence[Row], saved: Sequence[Salvage]) -> None:
    """Say of each worktree what was saved and how it comes back."""
    for row, one in zip(rows, saved, strict=True):
        count = len(one.changed) + len(one.untracked)
        say(f"{_asked.name(row)}: {count} file{'s' * (count != 1)} saved in {one.folder}")
        if one.repositories:
            say(f"  with repositories of their own: {', '.join(one.repositories)}")
        say("  bring it back with:")
        for line in one.restore:
            say(f"    {line}")


def facts_of(row: Row, saved: Salvage) -> dict[str, Any]:
    """Return what JSON says of a salvage."""
    return {
        "run": row.run, "task": row.task, "folder": str(saved.folder), "branch": saved.branch, "head": saved.head,
        "ref": saved.ref, "changed": list(saved.changed), "untracked": list(saved.untracked),
        "repositories": list(saved.repositories), "restore": list(saved.restore),
    }  # fmt: skip
