"""`batchpack merge retry`: the same work is merged once more."""

from __future__ import annotations

from typing import Any

import click

from batchpack.app import App
from batchpack.commands.merge._shared import ITS_RUN, JSON, PROJECT, TASK, find
from batchpack.groups import options
from batchpack.output import say, say_json


@click.command(short_help="Try the same work of a task once more.")
@options(ITS_RUN, TASK, PROJECT, JSON)
@click.pass_obj
def command(app: App, /, run: str, task: str, **given: Any) -> None:
    """Make TASK ready once more with the same commit, where it was in conflict, the culprit, or dropped.

    That helps when the branch or the gate has changed meanwhile. To have the work done anew, resume the run instead.
    """
    from batchpack.commands.merge import _told
    from batchpack.execution import merger

    found = find(app, run, given["project"])
    entry = merger.retry(found, task)
    if given["as_json"]:
        say_json({"run": found.id, "entry": _told.entry(entry)})
    else:
        say(f"{task} is ready once more. Merge it with: batchpack merge run {found.short}")
