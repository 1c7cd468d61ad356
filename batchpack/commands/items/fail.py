"""`batchpack items fail`: report that a task could not be done."""

from __future__ import annotations

import click

from batchpack.commands.items._queue import TASK, TOKEN, Desk, desk_command
from batchpack.items import summaries


@click.command(short_help="Report that a task could not be done.")
@desk_command(
    TASK,
    TOKEN,
    click.option("--error", required=True, metavar="TEXT", help="What went wrong."),
    click.option("--again", is_flag=True, help="Somebody shall try once more, unless it had all its attempts."),
    click.option("--pause", type=float, default=0.0, metavar="SECONDS", help="With --again: not before so long."),
)
def command(desk: Desk, task: str, token: int, error: str, again: bool, pause: float) -> None:
    """Report TASK failed, with what went wrong."""
    found = desk.queue.fail(task, token, error=error, again=again, pause=pause)
    summaries.after(desk.queue.path.parent, found)
    if found.status == "pending":
        desk.tell(f"{found.id} will be tried again; attempt {found.attempts} failed.", found)
    else:
        desk.tell(f"{found.id} failed, at attempt {found.attempts}.", found)
