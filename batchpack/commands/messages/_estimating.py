"""What the commands share that send items: options and words of what it may cost, and items from standard input."""

from __future__ import annotations

import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import click

from batchpack import prices
from batchpack.amounts import count, size
from batchpack.errors import BatchpackError
from batchpack.groups import options
from batchpack.messages import estimate as estimates
from batchpack.messages import items
from batchpack.messages.begin import Draft, Order
from batchpack.messages.costs import dollars
from batchpack.messages.estimate import Estimate
from batchpack.provider import Client

OPTIONS = (
    click.option("--budget", type=float, metavar="DOLLARS", help="Refuse to send what is estimated to cost more."),
    click.option("--tokens-out", type=click.IntRange(1), metavar="N", help="Tokens of an answer, if known."),
    click.option("--sample", type=click.IntRange(1, 100), default=5, show_default=True, help="Count the tokens of N."),
    click.option("--prices", "table", type=click.Path(path_type=Path), metavar="FILE", help="Prices of your own."),
)


estimate_options = options(*OPTIONS)
"""Give a command the options of an estimate and its limit."""


def take_stdin(order: Order, folder: Path) -> None:
    """Keep what standard input holds: it cannot be read again."""
    if order.source.words == (items.STDIN,):
        order.source.file = folder / "items.jsonl"
        with order.source.file.open("wb") as stream:
            while chunk := sys.stdin.buffer.read(1 << 20):
                stream.write(chunk)


def guessed(order: Order, draft: Draft, client: Client | None, given: dict[str, Any]) -> Estimate:
    """Estimate a draft at the prices that the options name."""
    table = prices.load(given["table"]) if given["table"] else prices.shipped()
    params = dict(order.writer.shared)
    batch, sample, out = order.mode == "batch", given["sample"], given["tokens_out"]
    return estimates.make(draft, params, table, client, sample=sample, tokens_out=out, batch=batch)


def budget_of(given: dict[str, Any]) -> Decimal | None:
    """Return the budget in dollars."""
    return None if given["budget"] is None else Decimal(str(given["budget"]))


def connected(order: Order) -> Client | None:
    """Return a connection, or None without a key: a dry run can do without."""
    try:
        return order.provider.connect()
    except BatchpackError:
        return None


def size_of(draft: Draft) -> str:
    """Say how much there is to send."""
    shards = count(len(draft.shards), "shard")
    return f"{count(draft.requests, 'request')} in {shards}, {size(draft.bytes)}"


def cost_lines(guess: Estimate) -> list[str]:
    """Say what it may cost and where the figures come from."""
    if guess.dollars is None or guess.standard is None:
        money = "unknown, since the prices of this model are"
    else:
        direct = f" (as direct calls {dollars(guess.standard)})" if guess.standard != guess.dollars else ""
        money = f"{dollars(guess.dollars)}{direct}, prices of {guess.as_of}"
    return [
        f"  tokens in: {guess.tokens_in:,} (estimated: {guess.method})",
        f"  tokens out: {guess.tokens_out:,} ({guess.out_method})",
        f"  estimated cost: {money}",
    ]
