"""`batchpack receipts show`: the acts of a batch."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from batchpack.app import App
from batchpack.commands.receipts._shared import BATCH, JSON, PROJECT, acts_of, folder_of, told
from batchpack.groups import options
from batchpack.output import say, say_json, warn
from batchpack.receipts.acts import Act


@click.command(short_help="Show what was done.")
@click.option("--task", help="The acts of one task.")
@click.option("--item", help="The acts on one item.")
@click.option("--open", "only_open", is_flag=True, help="Acts, and undos, whose end nobody wrote.")
@click.option("--last", type=click.IntRange(1), metavar="N", help="The last N only.")
@options(BATCH, PROJECT, JSON)
@click.pass_obj
def command(app: App, /, batch: str, project: Path | None, as_json: bool, **wanted: Any) -> None:
    """Show the acts of a batch in their order: name, moment, how it ended, what was done to what, how it is undone."""
    folder = folder_of(app, batch, project)
    acts, report = acts_of(folder)
    found = [act for act in acts.values() if _fits(act, **wanted)][-(wanted["last"] or 0) :]
    if as_json:
        say_json({"batch": folder.name, "whole": report.is_whole, "acts": [act.to_json() for act in found]})
    else:
        say("\n".join(map(told, found)) or "No acts.")
    if not report.is_whole:
        warn("the book was tampered with, and what is shown may be wrong: batchpack receipts verify")


def _fits(act: Act, *, task: str | None, item: str | None, only_open: bool, last: int | None) -> bool:  # noqa: ARG001
    """Tell whether an act is among those that are asked for."""
    said = act.before.draft
    is_open = act.standing in {"open", "undo open"}
    return task in {None, said.task} and item in {None, said.item} and (is_open or not only_open)
