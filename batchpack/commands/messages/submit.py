"""`batchpack messages submit`: send items as Message Batches, each exactly once."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import click

from batchpack.amounts import count, size
from batchpack.app import App
from batchpack.commands.messages._estimating import (
    budget_of,
    connected,
    cost_lines,
    estimate_options,
    guessed,
    size_of,
    take_stdin,
)
from batchpack.commands.messages._ordering import make_order, order_options
from batchpack.commands.messages._sending import desk_options, go_on, send, sending_options
from batchpack.messages import begin, items
from batchpack.messages import estimate as estimates
from batchpack.messages import job as jobs
from batchpack.messages.begin import SHARD_SIZE, Order
from batchpack.messages.desk import Desk
from batchpack.output import say, say_json, warn
from batchpack.provider import Client


@click.command(short_help="Send items as batches at half the price, never twice.")
@order_options
@estimate_options
@click.option("--shard-size", type=click.IntRange(1), default=SHARD_SIZE, show_default=True, help="Requests a batch.")
@click.option("--name", help="A name for the job.")
@click.option("--again", is_flag=True, help="Pay once more for what another job asks already.")
@click.option("--resume", "word", metavar="JOB", help="Go on with a job; the same as: messages resume JOB.")
@click.option("--dry-run", is_flag=True, help="Show shards, bytes, tokens and cost; nothing is sent.")
@sending_options
@click.pass_obj
def command(app: App, /, **given: Any) -> None:
    """Send ITEMS as Message Batches: lines of JSONL, rows of CSV, or files by a pattern.

    Everything is written and checked before anything is sent. After an interruption, run the same command again.
    """
    project = app.project(given["project"])
    if given["word"]:
        return go_on(app, jobs.find(given["word"], project), given)
    order = make_order(app, given, shard_size=_shard_size(given), canary=not given["no_canary"])
    if given["dry_run"]:
        return _show(order, given)
    client = order.provider.connect()
    known = (
        None
        if given["again"] or order.source.words == (items.STDIN,)
        else begin.existing(order, project, given["name"])
    )
    if known is not None:
        return _repeat(app, known, given)
    return _submit(order, client, project, given)


def _shard_size(given: dict[str, Any]) -> int:
    """Return the size of shards: none may be larger than what may wait."""
    return int(min(given["shard_size"], given["queue_limit"] or given["shard_size"]))


def _repeat(app: App, job: jobs.Job, given: dict[str, Any]) -> None:
    """Go on with a job that asks the same; raises SameAgain for one that is with the service already."""
    if not job.state().unsent:
        raise begin.SameAgain(job)
    warn(f"going on with job {job.id}, which asks the same")
    go_on(app, job, given)


def _submit(order: Order, client: Client, project: Path, given: dict[str, Any]) -> None:
    """Write, check, estimate, register and send."""
    options = desk_options(given)
    with begin.opened(project, given["name"]) as folder:
        take_stdin(order, folder)
        draft = begin.write(order, folder, options["tell"])
        doubt = begin.try_out(client, draft)
        if doubt:
            warn(doubt)
        guess = guessed(order, draft, client, given)
        estimates.check_budget(guess, budget_of(given))
        job = begin.register(order, draft, client, again=given["again"])
        options["tell"](f"Job {job.id}: {size_of(draft)}")
        options["tell"]("\n".join(cost_lines(guess)))
        send(Desk(job, client, order.provider.LIMITS, **options), given)


def _show(order: Order, given: dict[str, Any]) -> None:
    """Do all but sending, in a folder that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="batchpack-") as name:
        folder = Path(name)
        take_stdin(order, folder)
        draft = begin.write(order, folder)
    guess = guessed(order, draft, connected(order), given)
    if given["as_json"]:
        say_json({"dry_run": True, "shards": draft.shards, "bytes": draft.bytes, "estimate": guess.to_json()})
    else:
        say(f"Nothing is sent. It would be {size_of(draft)}:")
        for row in draft.shards[:10]:
            say(f"  shard 1-{row['shard']}: {count(row['requests'], 'request')}, {size(row['bytes'])}")
        if len(draft.shards) > 10:
            say(f"  and {len(draft.shards) - 10} more")
        say("\n".join(cost_lines(guess)))
    estimates.check_budget(guess, budget_of(given))
