"""`batchpack items create`: add a task to a batch."""

from __future__ import annotations

import click

from batchpack.commands.items._queue import Desk, desk_command
from batchpack.queue.values import Draft


@click.command(short_help="Add a task of your own to a batch.")
@desk_command(
    click.argument("task"),
    click.option("--title", default="", help="What it is about, in a line."),
    click.option("--body", default="", help="What is to be done."),
    click.option("--priority", type=int, default=0, show_default=True, help="Higher ones are claimed first."),
)
def command(desk: Desk, task: str, title: str, body: str, priority: int) -> None:
    """Add TASK, which workers claim like all others."""
    desk.queue.add([Draft(task, title=title, body=body, priority=priority)])
    desk.tell(f"{task} waits for its first worker.", desk.queue.get(task))
