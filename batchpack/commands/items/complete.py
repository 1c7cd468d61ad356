"""`batchpack items complete`: report a task done, with evidence."""

from __future__ import annotations

import click

from batchpack.commands.items._queue import TASK, TOKEN, Desk, desk_command, value_of
from batchpack.items import acts, summaries


@click.command(short_help="Report a task done, with evidence.")
@desk_command(
    TASK,
    TOKEN,
    click.option("--evidence", multiple=True, required=True, metavar="TEXT", help="What shows that it is done."),
    click.option("--result", metavar="JSON", help="What came of it; - reads it from standard input."),
)
def command(desk: Desk, task: str, token: int, evidence: tuple[str, ...], result: str | None) -> None:
    """Report TASK done; the same report again changes nothing, so it may be repeated when in doubt.

    A task about a chunk is done when each of its items has a record.
    """
    acts.check(desk.queue.path.parent, task)
    found = desk.queue.complete(task, token, evidence=evidence, result=value_of("--result", result))
    summaries.after(desk.queue.path.parent, found)
    desk.tell(f"{found.id} is done.", found)
