"""`batchpack messages loop`: send items one after another, each able to read the answers before it."""

from __future__ import annotations

from typing import Any

import click

from batchpack.app import App
from batchpack.commands.messages._direct import Mode, Watch, direct_options, run
from batchpack.errors import BatchpackError
from batchpack.messages import loop
from batchpack.messages.asking import PATIENCE
from batchpack.messages.begin import Order
from batchpack.messages.job import Job
from batchpack.provider import Client


@click.command(short_help="Send items one after another, each able to read the answers before it.")
@direct_options
@click.option("--keep-going", is_flag=True, help="Go on behind an item without an answer; its answer is then None.")
@click.option("--patience", type=click.FloatRange(0), default=PATIENCE, hidden=True)
@click.pass_obj
def command(app: App, /, keep_going: bool, patience: float, **given: Any) -> int:
    """Send ITEMS in their order, each when the one before it has its answer.

    The template may use `previous`, the answer before (None for the first item), and `answers`, all earlier ones by
    their keys; with --schema these are values, else texts. After an interruption, run the same command again.
    """

    def work(job: Job, client: Client, order: Order | None, watch: Watch) -> BatchpackError | None:
        source, writer = (order.source, order.writer) if order else loop.order_of(job)
        return loop.run(job, client, source, writer, keep_going=keep_going, patience=patience, watch=watch)

    return run(app, Mode("loop", loop.write, work, "one after another"), given)
