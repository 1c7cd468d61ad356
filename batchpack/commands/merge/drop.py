"""`batchpack merge drop`: a task's work is not merged."""

from __future__ import annotations

from typing import Any

import click

from batchpack.app import App
from batchpack.commands.merge._shared import ITS_RUN, JSON, PROJECT, TASK, find
from batchpack.groups import options
from batchpack.output import say, say_json


@click.command(short_help="Take a task's work out of the queue; its branch stays.")
@options(ITS_RUN, TASK, PROJECT, JSON)
@click.pass_obj
def command(app: App, /, run: str, task: str, **given: Any) -> None:
    """Have the work of TASK not merged. Its branch stays; the task counts as abandoned, what depends on it waits."""
    from batchpack.commands.merge import _told
    from batchpack.execution import merger

    found = find(app, run, given["project"])
    entry = merger.drop(found, task)
    if given["as_json"]:
        say_json({"run": found.id, "entry": _told.entry(entry)})
    else:
        say(f"{task} will not be merged; its work stays on branch {entry.entry.branch}.")
        say(f"Should it be merged after all: batchpack merge retry {found.short} {task}")
