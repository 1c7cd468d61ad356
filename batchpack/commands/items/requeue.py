"""`batchpack items requeue`: let ended tasks be done again."""

from __future__ import annotations

import click

from batchpack.commands.items._queue import FORCE, Desk, desk_command
from batchpack.errors import UsageError
from batchpack.output import say, say_json
from batchpack.queue.values import ENDED


@click.command(short_help="Let ended tasks be done again.")
@desk_command(
    click.argument("tasks", nargs=-1),
    click.option("--all", "statuses", type=click.Choice(ENDED), multiple=True, help="All tasks of this status."),
    FORCE,
)
def command(desk: Desk, tasks: tuple[str, ...], statuses: tuple[str, ...], force: bool) -> None:
    """Let TASKS be done again from their first attempt; reports of claims before are refused from then on."""
    named = [*tasks, *(one.id for status in ENDED if status in statuses for one in desk.queue.every(status))]
    if not tasks and not statuses:
        raise UsageError("no task was named", "name tasks, or for instance: --all failed")
    waiting = [desk.queue.requeue(task, force=force) for task in dict.fromkeys(named)]
    if desk.as_json:
        say_json({"batch": desk.batch, "tasks": [one.to_json() for one in waiting]})
        return
    say("\n".join(f"{one.id} waits for its next worker." for one in waiting) or f"No task is {' or '.join(statuses)}.")
