"""`batchpack merge status`: what is in a run's merge queue."""

from __future__ import annotations

from typing import Any

import click

from batchpack.app import App
from batchpack.commands.merge._shared import JSON, PROJECT, RUN, find
from batchpack.groups import options
from batchpack.output import say, say_json


@click.command(short_help="Show the queue: what is merged, what waits, what was given back and why.")
@options(RUN, PROJECT, JSON)
@click.pass_obj
def command(app: App, /, run: str, **given: Any) -> None:
    """Show the merge queue of a run (by default this project's newest)."""
    from batchpack.commands.merge import _told
    from batchpack.execution.merger import queue_of

    found = find(app, run, given["project"])
    with queue_of(found) as queue:
        if given["as_json"]:
            say_json(_told.facts(found, queue))
        else:
            say("\n".join(_told.lines(found, queue)))
