"""`batchpack messages submit`: send items as Message Batches, each exactly once."""

from __future__ import annotations

import sys
import tempfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import click

from batchpack.app import App
from batchpack.commands.messages._ordering import make_order, order_options
from batchpack.commands.messages._sending import desk_options, go_on, send, sending_options
from batchpack.errors import BatchpackError
from batchpack.messages import begin, estimate, items, prices
from batchpack.messages import job as jobs
from batchpack.messages.begin import SHARD_SIZE, Draft, Order
from batchpack.messages.desk import Desk
from batchpack.messages.estimate import Estimate
from batchpack.output import say, say_json, warn
from batchpack.provider import Client


@click.command(short_help="Send items as batches at half the price, never twice.")
@order_options
@click.option("--budget", type=float, metavar="DOLLARS", help="Refuse to send what is estimated to cost more.")
@click.option("--tokens-out", type=click.IntRange(1), metavar="N", help="Tokens that an answer will have, if known.")
@click.option("--sample", type=click.IntRange(1, 100), default=5, show_default=True, help="Count tokens of so many.")
@click.option("--prices", "table", type=click.Path(path_type=Path), metavar="FILE", help="Prices of your own.")
@click.option("--shard-size", type=click.IntRange(1), default=SHARD_SIZE, show_default=True, help="Requests a batch.")
@click.option("--name", help="A name for the job.")
@click.option("--again", is_flag=True, help="Pay once more for what another job asks already.")
@click.option("--resume", "word", metavar="JOB", help="Go on with a job; the same as: messages resume JOB.")
@click.option("--dry-run", is_flag=True, help="Show shards, bytes, tokens and cost; nothing is sent.")
@sending_options
@click.pass_obj
def command(app: App, /, **given: Any) -> None:
    """Send ITEMS as Message Batches: lines of JSONL, rows of CSV, or files by a pattern.

    Everything is written and checked before anything is sent. Run the same command again to go on after an interruption.
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
        _take_stdin(order, folder)
        draft = begin.write(order, folder, options["tell"])
        doubt = begin.try_out(client, draft)
        if doubt:
            warn(doubt)
        guess = _estimate(order, draft, client, given)
        estimate.check_budget(guess, _budget(given))
        job = begin.register(order, draft, client, again=given["again"])
        options["tell"](f"Job {job.id}: {_size(draft)}")
        options["tell"]("\n".join(_cost_lines(guess)))
        send(Desk(job, client, order.provider.LIMITS, **options), given)


def _take_stdin(order: Order, folder: Path) -> None:
    """Keep what standard input holds: it cannot be read again."""
    if order.source.words == (items.STDIN,):
        order.source.file = folder / "items.jsonl"
        with order.source.file.open("wb") as stream:
            while chunk := sys.stdin.buffer.read(1 << 20):
                stream.write(chunk)


def _estimate(order: Order, draft: Draft, client: Client | None, given: dict[str, Any]) -> Estimate:
    """Estimate a draft at the prices that the options name."""
    table = prices.load(given["table"]) if given["table"] else prices.shipped()
    params = dict(order.writer.shared)
    return estimate.make(draft, params, table, client, sample=given["sample"], tokens_out=given["tokens_out"])


def _budget(given: dict[str, Any]) -> Decimal | None:
    """Return the budget in dollars."""
    return None if given["budget"] is None else Decimal(str(given["budget"]))


def _show(order: Order, given: dict[str, Any]) -> None:
    """Do all but sending, in a folder that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="batchpack-") as name:
        folder = Path(name)
        _take_stdin(order, folder)
        draft = begin.write(order, folder)
    guess = _estimate(order, draft, _client(order), given)
    if given["as_json"]:
        say_json({"dry_run": True, "shards": draft.shards, "bytes": draft.bytes, "estimate": guess.to_json()})
    else:
        say(f"Nothing is sent. It would be {_size(draft)}:")
        for row in draft.shards[:10]:
            say(f"  shard 1-{row['shard']}: {row['requests']:,} requests, {row['bytes'] / 1e6:,.1f} MB")
        if len(draft.shards) > 10:
            say(f"  and {len(draft.shards) - 10} more")
        say("\n".join(_cost_lines(guess)))
    estimate.check_budget(guess, _budget(given))


def _client(order: Order) -> Client | None:
    """Return a connection, or None without a key: a dry run can do without."""
    try:
        return order.provider.connect()
    except BatchpackError:
        return None


def _size(draft: Draft) -> str:
    """Say how much there is to send."""
    shards = len(draft.shards)
    return f"{draft.requests:,} requests in {shards} shard{'s' * (shards > 1)}, {draft.bytes / 1e6:,.1f} MB"


def _cost_lines(guess: Estimate) -> list[str]:
    """Say what it may cost and where the figures come from."""
    if guess.dollars is None or guess.standard is None:
        money = "estimated cost: unknown, since the prices of this model are"
    else:
        money = (
            f"estimated cost: ${guess.dollars:,.2f} (as direct calls ${guess.standard:,.2f}), prices of {guess.as_of}"
        )
    return [
        f"  tokens in: {guess.tokens_in:,} (estimated: {guess.method})",
        f"  tokens out: {guess.tokens_out:,} ({guess.out_method})",
        f"  {money}",
    ]
