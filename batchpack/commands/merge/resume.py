"""`batchpack merge resume`: a paused queue goes on."""

from __future__ import annotations

from typing import Any

import click

from batchpack.app import App
from batchpack.commands.merge._shared import JSON, PROJECT, RUN, find
from batchpack.groups import options
from batchpack.output import say, say_json


@click.command(short_help="Let a paused queue go on.")
@options(RUN, PROJECT, JSON)
@click.pass_obj
def command(app: App, /, run: str, **given: Any) -> None:
    """Let the paused merge queue of a run (by default this project's newest) go on."""
    from batchpack.execution.merger import queue_of

    found = find(app, run, given["project"])
    with queue_of(found) as queue:
        was = queue.paused
        queue.resume()
        waiting = len(queue.entries("ready"))
    if given["as_json"]:
        say_json({"run": found.id, "was_paused": was or None, "ready": waiting})
        return
    say("It goes on." if was else "It was not paused.")
    if waiting and not found.is_driven():
        say(f"Nobody drives the run. Merge what is ready with: batchpack merge run {found.short}")
