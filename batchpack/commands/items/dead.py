"""`batchpack items dead`: see what was given up, or give a task up."""

from __future__ import annotations

import click

from batchpack.commands.items._queue import FORCE, Desk, desk_command, lines_of
from batchpack.output import say, say_json


@click.command(short_help="See what was given up, or give a task up.")
@desk_command(
    click.argument("task", required=False),
    click.option("--reason", metavar="TEXT", help="With TASK: why it is given up."),
    FORCE,
)
def command(desk: Desk, task: str | None, reason: str | None, force: bool) -> None:
    """List the tasks that were given up because their workers died; with TASK, give that one up.

    `batchpack items requeue` brings them back.
    """
    if task is not None:
        found = desk.queue.bury(task, reason=reason or "given up by hand", force=force)
        desk.tell(f"{found.id} is given up.", found)
        return
    desk.queue.reap()
    dead = list(desk.queue.every("dead"))
    if desk.as_json:
        say_json({"batch": desk.batch, "tasks": [one.to_json() for one in dead]})
        return
    say("\n".join(text for one in dead for text in lines_of(one)) or "No task was given up.")
    if dead:
        say(f"Find out what ended their workers; then `batchpack items requeue --batch {desk.batch} TASK` tries anew.")
