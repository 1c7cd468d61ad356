"""`batchpack messages prune`: clear old jobs away."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import click

from batchpack import consent
from batchpack.amounts import count
from batchpack.app import App
from batchpack.commands.messages._looking import PROJECT
from batchpack.groups import options
from batchpack.messages import job as jobs
from batchpack.messages import pruning
from batchpack.messages.pruning import Old
from batchpack.output import say, warn

DAYS = 30


@click.command(short_help="Clear away jobs whose answers were collected.")
@click.argument("words", metavar="[JOB]...", nargs=-1)
@click.option("--older", type=click.FloatRange(0), metavar="DAYS", help=f"Jobs older than that; without JOB: {DAYS}.")
@click.option("--force", is_flag=True, help="Also what is not collected: its answers are lost, and were paid for.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@options(PROJECT)
@click.pass_obj
def command(app: App, /, words: tuple[str, ...], older: float | None, project: Path | None, **given: bool) -> int:
    """Remove jobs with their answers, those named or the old ones; what is not collected stays.

    A job that is gone no longer keeps the same items from being sent, and paid, once more.
    """
    root = app.project(project)
    named = [jobs.find(word, root) for word in words] if words else jobs.of_project(root)
    days = older if older is not None else 0.0 if words else float(DAYS)
    found = pruning.look(named, timedelta(days=days))
    going = [old for old in found if given["force"] or not old.kept_for]
    for old in found:
        if old not in going:
            warn(f"job {old.job.id} stays: {old.kept_for}")
    if not going:
        say("Nothing to remove.")
        return 1 if words else 0
    for old in going:
        say(_told(old))
    question = f"Remove {count(len(going), 'job')} for good?"
    if not given["yes"] and not consent.given(question, "add --yes to remove what is listed above"):
        say("Nothing was removed.")
        return 1
    for old in going:
        pruning.remove(old)
    say(f"Removed {count(len(going), 'job')}.")
    return 0


def _told(old: Old) -> str:
    """Say what goes with a job."""
    lost = f"; {old.kept_for}: LOST, though paid for" if old.kept_for else ""
    return f"{old.job.folder}: {count(old.answered, 'answer')}, {old.bytes / 1e6:,.1f} MB{lost}"
