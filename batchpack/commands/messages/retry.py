"""`batchpack messages retry`: ask again for what was not answered."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from batchpack.app import App
from batchpack.commands.messages._direct import ask_again
from batchpack.commands.messages._looking import (
    JOB,
    PRICES,
    PROJECT,
    WORKSPACE,
    check_batches,
    connect,
    find,
    prices_of,
)
from batchpack.commands.messages._sending import desk_options, send, sending_options
from batchpack.groups import options  # fmt: skip
from batchpack.messages import closing, collect, retry
from batchpack.messages.desk import Desk
from batchpack.output import say, say_json, warn


@click.command(short_help="Ask again for what was not answered.")
@options(JOB, PRICES, PROJECT, WORKSPACE)
@click.option(
    "--rounds", type=click.IntRange(1), default=retry.ROUNDS, show_default=True, help="At most so many times."
)
@click.option(
    "--retry-paid", is_flag=True, help="Also pay again for answers that were cut off, refused or did not fit."
)
@click.option("--kind", "kinds", multiple=True, metavar="KIND", help="Only items that failed this way; repeatable.")
@click.option("--max-tokens", type=click.IntRange(1), help="Let answers be longer this time.")
@click.option("--model", help="Ask another model this time.")
@click.option("--append", metavar="TEXT", help="End the prompt with these words this time.")
@sending_options
@click.pass_obj
def command(app: App, /, job: str, project: Path | None, **given: Any) -> int:
    """Send the items of JOB again that came back without an answer: free of charge what was never billed.

    What was paid for is only asked again with --retry-paid and something changed; what the service refused, never.
    """
    found = find(app, job, project)
    change = retry.Change(given["max_tokens"], given["model"], given["append"])
    wanted = retry.wanted(change, given["kinds"], paid=given["retry_paid"])
    if found.facts.mode == "stream":
        return ask_again(app, found, change, wanted, given)
    check_batches(found, "retry")
    provider = app.provider(found.facts.provider)
    client = connect(app, found, same_workspace=given["same_workspace"])
    tell = warn if given["as_json"] else say
    with found.locked():
        collect.look(found, client, found.state(), tell)
        collect.fetch(found, lambda: client, tell)
        closing.close(found, prices_of(given["prices"]))
        kinds = retry.begin(found, provider.LIMITS, wanted, change, given["rounds"])
        if not kinds:
            return _nothing(found.id, as_json=given["as_json"])
        tell(f"asking again: {', '.join(f'{number:,} {kind}' for kind, number in kinds.items())}")
        send(Desk(found, client, provider.LIMITS, **desk_options(given)), given)
    return 0


def _nothing(job: str, *, as_json: bool) -> int:
    """Say that no item can be asked again this way."""
    if as_json:
        say_json({"job": job, "retried": 0})
    else:
        say(f"Nothing to ask again in job {job} this way; see: batchpack messages status {job}")
    return 0
