"""`batchpack items prune`: clear old batches away."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import click

from batchpack import consent
from batchpack.app import App
from batchpack.commands.items._queue import PROJECT
from batchpack.items import pruning, words
from batchpack.output import say, warn
from batchpack.queue import batches

DAYS = 30
LONGEST = 365_000.0
"""Days; whatever is longer means this."""


@click.command(short_help="Clear away batches that are at their end.")
@click.argument("names", metavar="[BATCH]...", nargs=-1)
@click.option("--older", type=click.FloatRange(0), metavar="DAYS", help=f"Older than that; without BATCH: {DAYS}.")
@click.option("--force", is_flag=True, help="Also what is not at its end, and what has receipts.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@PROJECT
@click.pass_obj
def command(app: App, /, names: tuple[str, ...], older: float | None, project: Path | None, **given: bool) -> int:
    """Remove batches with their records, those named or the old ones; what is not at its end stays.

    A batch with receipts stays too: they say how its acts are taken back.
    """
    root = app.project(project)
    named = [batches.find(root, name) for name in names] if names else batches.of_project(root)
    days = older if older is not None else 0.0 if names else float(DAYS)
    found = pruning.look(named, timedelta(days=min(LONGEST, days)))
    going = [old for old in found if given["force"] or not old.kept_for]
    for old in found:
        if old not in going:
            warn(f"batch {old.folder.name} stays: {old.kept_for}")
    if not going:
        say("Nothing to remove.")
        return 1 if names else 0
    for old in going:
        say(f"{old.folder}: {words.size(old.bytes)}" + (f"; {old.kept_for}" if old.kept_for else ""))
    question = f"Remove {words.count(len(going), 'batch', 'batches')} for good?"
    if not given["yes"] and not consent.given(question, "add --yes to remove what is listed above"):
        say("Nothing was removed.")
        return 1
    for old in going:
        pruning.remove(old)
    say(f"Removed {words.count(len(going), 'batch', 'batches')}.")
    return 0
