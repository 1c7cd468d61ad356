"""`batchpack receipts verify`: check that no receipt was changed, removed or put in."""

from __future__ import annotations

from pathlib import Path

import click

from batchpack.amounts import count
from batchpack.app import App
from batchpack.commands.receipts._shared import BATCH, JSON, PROJECT, folder_of
from batchpack.groups import options
from batchpack.output import say, say_json, warn
from batchpack.receipts import recording
from batchpack.receipts.checking import Report


@click.command(short_help="Check that nothing was changed, removed or put in.")
@click.option("--head", metavar="HASH", help="A hash that verify told you earlier: that receipt must still be there.")
@options(BATCH, PROJECT, JSON)
@click.pass_obj
def command(app: App, /, head: str | None, batch: str, project: Path | None, as_json: bool) -> int:
    """Check every line, the chain from the first to the last, and the receipts in the bodies of tasks.

    Exit code 1 says that the book was tampered with.
    """
    report = recording.verify(folder_of(app, batch, project), head=head)
    if as_json:
        facts = {"receipts": report.receipts, "open": report.open, "torn": report.torn, "head": report.head}
        say_json({"whole": report.is_whole, **facts, "faults": report.faults, "faulty": report.faulty})
    else:
        _tell(report)
    return 0 if report.is_whole else 1


def _tell(report: Report) -> None:
    """Say what was found."""
    say(f"{count(report.receipts, 'receipt')}, {'one whole chain' if report.is_whole else 'NOT a whole chain'}.")
    for number in report.torn:
        say(f"line {number} was cut off by a crash; nobody was told that it was written")
    if report.open:
        say(f"{count(report.open, 'act')} began and nobody wrote the end: batchpack receipts show --open")
    for sentence in report.faults:
        warn(sentence)
    if report.faulty > len(report.faults):
        warn(f"… and {report.faulty - len(report.faults):,} faults more")
    if report.receipts and report.is_whole:
        say(f"head {report.head}")
        say("Keep the head where no agent writes: verify --head tells whether that receipt is still there.")
