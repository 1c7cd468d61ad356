"""`batchpack logs`: what a task's attempts wrote, and what was found about them."""

from __future__ import annotations

from pathlib import Path

import click

from batchpack.app import App
from batchpack.output import say, say_json


@click.command(short_help="Show what a task's attempts wrote and what was found about them.")
@click.argument("run")
@click.argument("task")
@click.option("--attempt", type=click.IntRange(1), help="Which attempt; else the last.")
@click.option("--follow", "-f", is_flag=True, help="Go on as the attempt writes, until it ends.")
@click.option("--project", type=click.Path(file_okay=False, path_type=Path), help="The project's folder.")
@click.option("--json", "as_json", is_flag=True, help="Print the paths of all there is as JSON.")
@click.pass_obj
def command(
    app: App, run: str, task: str, attempt: int | None, follow: bool, project: Path | None, as_json: bool
) -> None:
    """Show the verdict on a task's last attempt, what it wrote, and where all of it is."""
    from batchpack.execution import logs, store

    found = store.find(run, app.project(project))
    log = logs.find(found, task, attempt)
    if as_json:
        say_json(log.to_json())
        return
    for line in logs.lines(log):
        say(line)
    if follow:
        logs.follow(found, log, say)
