"""`batchpack worktrees list`: the worktrees there are, and what is in them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from batchpack.app import App
from batchpack.commands.worktrees import _asked
from batchpack.output import say, say_json

if TYPE_CHECKING:
    from batchpack.worktrees.listing import Row


@click.command(short_help="List the worktrees and what is in them.")
@_asked.which
@click.option("--json", "as_json", is_flag=True, help="Print facts as JSON.")
@click.pass_obj
def command(app: App, runs: tuple[str, ...], project: Path | None, as_json: bool) -> None:
    """List the worktrees of RUNs (by default of all runs of this project) and what is in them."""
    asked = _asked.look(app, runs, project)
    if as_json:
        say_json({"worktrees": [_asked.facts_of(row) for row in asked.rows]})
        return
    if not asked.rows:
        say("No worktrees.")
        return
    lines = [(_asked.name(row), told(row), str(row.worktree.path)) for row in asked.rows]
    widths = [max(len(line[column]) for line in lines) for column in (0, 1)]
    for first, second, third in lines:
        say(f"{first:<{widths[0]}}  {second:<{widths[1]}}  {third}")


def told(row: Row) -> str:
    """Say in a few words what is in a worktree."""
    words: list[str] = [row.state]
    if row.state == "in use":
        words = [f"in use by process {row.processes[0]}"]
    if row.uncommitted:
        words.append(f"{len(row.uncommitted)} file{'s' * (len(row.uncommitted) != 1)}")
    if row.commits:
        words.append(f"{row.commits} commit{'s' * (row.commits != 1)}")
    return ", ".join(words)
