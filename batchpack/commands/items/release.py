"""`batchpack items release`: give a task back."""

from __future__ import annotations

import click

from batchpack.commands.items._queue import TASK, TOKEN, Desk, desk_command


@click.command(short_help="Give a task back, for somebody else to do.")
@desk_command(
    TASK, TOKEN, click.option("--pause", type=float, default=0.0, metavar="SECONDS", help="Nobody gets it for so long.")
)
def command(desk: Desk, task: str, token: int, pause: float) -> None:
    """Give TASK back unfinished; the next claim gets it."""
    found = desk.queue.release(task, token, pause=pause)
    desk.tell(f"{found.id} is given back.", found)
