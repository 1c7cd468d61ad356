"""`batchpack cancel`: end a run of work."""

from __future__ import annotations

from pathlib import Path

import click

from batchpack.app import App
from batchpack.output import say


@click.command(short_help="End a run of work and all that runs of it.")
@click.argument("run", default="latest")
@click.option("--project", type=click.Path(file_okay=False, path_type=Path), help="The project's folder.")
@click.pass_obj
def command(app: App, run: str, project: Path | None) -> None:
    """End a run of work (by default this project's newest) and all agents that run for it.

    What is merged stays merged; worktrees, branches and records stay. `batchpack resume` can take it up again.
    """
    from batchpack.execution import cancelling, store

    found = store.find(run, app.project(project))
    for line in cancelling.cancel(app, found):
        say(line)
