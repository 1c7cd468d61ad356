"""`batchpack messages stream`: send items as direct requests, several at a time, answered at once."""

from __future__ import annotations

from typing import Any

import click

from batchpack.app import App
from batchpack.commands.messages._direct import direct_options, run, stream_mode
from batchpack.messages.asking import PATIENCE
from batchpack.messages.forecast import CONCURRENCY


@click.command(short_help="Send items as direct requests at the full price, answered at once.")
@direct_options
@click.option(
    "-j", "--jobs", "most", type=click.IntRange(1, 100), default=CONCURRENCY, show_default=True, metavar="N",
    help="At most so many at a time; fewer while the service has too much to do.",
)  # fmt: skip
@click.option("--patience", type=click.FloatRange(0), default=PATIENCE, hidden=True)
@click.pass_obj
def command(app: App, /, most: int, patience: float, **given: Any) -> int:
    """Send ITEMS as direct requests, several at a time, for answers that cannot wait.

    Answers lie on disk as they come. After an interruption, run the same command again: what was answered is not paid
    again. A request that was being answered when the program was killed may be, and is counted as unknown.
    """
    return run(app, stream_mode(most, patience), given)
