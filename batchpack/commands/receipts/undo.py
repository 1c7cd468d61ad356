"""`batchpack receipts undo`: take acts back."""

from __future__ import annotations

import getpass
import shlex
from contextlib import suppress
from pathlib import Path

import click

from batchpack import consent
from batchpack.amounts import count
from batchpack.app import App
from batchpack.commands.receipts._shared import BATCH, JSON, PROJECT, acts_of, folder_of
from batchpack.groups import options
from batchpack.output import say, say_json, warn
from batchpack.receipts import recording, undoing
from batchpack.receipts.export import plain
from batchpack.receipts.undoing import Undoing, Undone


@click.command(short_help="Take acts back.")
@click.argument("acts", metavar="[ACT]...", nargs=-1)
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--dry-run", is_flag=True, help="Show what would be run, and run nothing.")
@click.option("--late", is_flag=True, help="Also when the time for it is over.")
@click.option("--again", is_flag=True, help="Also acts whose undo began and nobody knows whether it took place.")
@options(BATCH, PROJECT, JSON)
@click.pass_obj
def command(app: App, /, acts: tuple[str, ...], batch: str, project: Path | None, as_json: bool, **given: bool) -> int:
    """Take the named acts back, else all of the batch, the last one first, by the undo commands in their receipts.

    Workers wrote these commands: each is shown before any is run, as words of one program and never as a shell line.
    They can be run until 30 days after the end of the batch, or what `batchpack items limits --undo-days` says.
    """
    folder = folder_of(app, batch, project)
    recording.check_undo(folder, late=given["late"])
    found, _ = acts_of(folder)
    chosen = undoing.plan(found, acts, again=given["again"])
    if not as_json or not given["yes"]:
        _show(chosen)
    if given["dry_run"] or not chosen.acts:
        return 0 if given["dry_run"] or not acts else 1
    question = f"Run {count(len(chosen.acts), 'command')}, from the first one above on?"
    if not given["yes"] and not consent.given(question, "read what is listed above, then add --yes"):
        say("Nothing was run.")
        return 1
    return _run(folder, chosen, app.project(project), as_json=as_json)


def _show(chosen: Undoing) -> None:
    """Say what would be run and what stays."""
    for act in chosen.acts:
        said = act.before.draft
        unsure = "  (nobody wrote how it ended)" if act.standing == "open" else ""
        say(f"{act.id}  {plain(said.what)} {plain(said.item)}{unsure}\n    {plain(shlex.join(act.undo))}")
    for act, why in chosen.stay:
        say(f"{act.id}  {plain(act.before.draft.what)} {plain(act.before.draft.item)} stays: {why}")
    if not chosen.acts:
        say("Nothing to take back.")


def _run(folder: Path, chosen: Undoing, project: Path, *, as_json: bool) -> int:
    """Run the commands and tell each one's end."""
    done: list[Undone] = []
    for one in recording.undo(folder, chosen.acts, project, _who()):
        done.append(one)
        if not as_json:
            ending = "taken back" if one.result == "done" else "FAILED"
            say(f"{one.act.id}  {plain(one.act.before.draft.item)}: {ending}")
        if one.result == "failed":
            warn(f"  {plain(one.detail)}")
    if len(done) < len(chosen.acts):
        warn(f"{count(len(chosen.acts) - len(done), 'act')} somebody else took back meanwhile: batchpack receipts show")
    failed = sum(one.result == "failed" for one in done)
    if as_json:
        say_json({"undone": len(done) - failed, "failed": failed, "acts": [one.to_json() for one in done]})
    else:
        say(f"{len(done) - failed:,} of {count(len(done), 'act')} taken back.")
    return 1 if failed else 0


def _who() -> str:
    """Name the person at the keyboard."""
    with suppress(OSError, KeyError):
        return getpass.getuser()
    return "somebody"
