"""`batchpack merge pause`: nothing more is merged for a while."""

from __future__ import annotations

from typing import Any

import click

from batchpack.app import App
from batchpack.commands.merge._shared import JSON, PROJECT, RUN, find
from batchpack.groups import options
from batchpack.output import say, say_json


@click.command(short_help="Have nothing more merged; agents go on working.")
@options(RUN, PROJECT, JSON)
@click.option("--reason", default="by hand", help="What others are told.")
@click.pass_obj
def command(app: App, /, run: str, reason: str, **given: Any) -> None:
    """Have nothing more merged in a run (by default this project's newest); a gate that runs is let run to its end.

    Agents go on working; only what depends on work that is not merged waits.
    """
    from batchpack.execution.merger import queue_of

    found = find(app, run, given["project"])
    with queue_of(found) as queue:
        queue.pause(reason)
    if given["as_json"]:
        say_json({"run": found.id, "paused": reason})
    else:
        say(f"Paused. Let it go on with: batchpack merge resume {found.short}")
