"""`batchpack items skip`: leave a task out, with the reason."""

from __future__ import annotations

import click

from batchpack.commands.items._queue import TASK, Desk, desk_command
from batchpack.items import summaries


@click.command(short_help="Leave a task out, with the reason.")
@desk_command(
    TASK,
    click.option("--token", type=int, help="The token of your claim; without it only a task that nobody holds."),
    click.option("--reason", required=True, metavar="TEXT", help="Why."),
)
def command(desk: Desk, task: str, token: int | None, reason: str) -> None:
    """Leave TASK out; it counts as skipped, and so does each of its items without a record."""
    found = desk.queue.skip(task, token, reason=reason)
    summaries.after(desk.queue.path.parent, found)
    desk.tell(f"{found.id} is skipped.", found)
