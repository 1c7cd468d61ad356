"""`batchpack choose`: which method fits many items, with all methods side by side; nothing is sent or written."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from batchpack import places
from batchpack.messages import advice
from batchpack.messages.choose import Question, choose
from batchpack.messages.forecast import forecast
from batchpack.output import say, say_json
from batchpack.planning import load_roster
from batchpack.prices import load, shipped
from batchpack.runs import program

_COUNT = click.IntRange(1, 1_000_000_000)


@click.command(short_help="Choose how to process many items, with costs and times side by side.")
@click.option("--items", type=_COUNT, required=True, metavar="N", help="How many items there are.")
@click.option("--urgent", is_flag=True, help="The answers are needed within the hour.")
@click.option("--dependent", is_flag=True, help="An item needs the answer of an earlier one.")
@click.option("--needs-tools", is_flag=True, help="An item needs to open files, search or run something.")
@click.option("--tokens-in", type=_COUNT, metavar="T", help="Tokens of an item's prompt, for the cost.")
@click.option("--tokens-out", type=_COUNT, metavar="T", help="Tokens of an answer, for cost and time.")
@click.option("--model", metavar="M", help="The model, for the cost.")
@click.option("--prices", type=click.Path(dir_okay=False, path_type=Path), help="Use this table of prices.")
@click.option("--json", "as_json", is_flag=True, help="Print facts as JSON.")
def command(prices: Path | None, as_json: bool, **given: Any) -> None:
    """Choose how to process many items: conversation, agents, direct requests, a batch of the API, or a loop."""
    question, table = Question(**given), load(prices) if prices else shipped()
    choice = choose(question)
    ahead = forecast(question, load_roster([places.pack_root()]).estimate, table)
    if as_json:
        say_json(advice.facts(question, choice, ahead, table, program.word()))
    else:
        say("\n".join(advice.lines(question, choice, ahead, table, program.word())))
