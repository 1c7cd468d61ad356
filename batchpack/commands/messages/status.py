"""`batchpack messages status`: where a job stands, from its journal alone."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from batchpack.app import App
from batchpack.commands.messages._looking import JOB, JSON, PRICES, PROJECT, find, prices_of
from batchpack.groups import options
from batchpack.messages import costs, facts
from batchpack.messages.standing import standing
from batchpack.output import say, say_json, warn


@click.command(short_help="Show where a job stands, without asking the service.")
@options(JOB, PRICES, PROJECT, JSON)
@click.pass_obj
def command(app: App, /, job: str, prices: Path | None, project: Path | None, as_json: bool) -> None:
    """Show where JOB stands (the latest without a word), going by its journal; the service is not asked."""
    found, now = find(app, job, project), datetime.now(UTC)
    state = found.state()
    bill = costs.bill(standing(found, state).usage, prices_of(prices))
    if as_json:
        say_json(facts.to_json(found, state, bill, now))
    else:
        say("\n".join(facts.lines(found, state, bill, now)))
    for line in facts.warnings(found, state, now):
        warn(line)
