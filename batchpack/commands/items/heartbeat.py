"""`batchpack items heartbeat`: say that a task is still being worked on."""

from __future__ import annotations

import click

from batchpack.commands.items._queue import LEASE, TASK, TOKEN, Desk, desk_command
from batchpack.queue.values import said


@click.command(short_help="Keep a task for longer.")
@desk_command(TASK, TOKEN, LEASE)
def command(desk: Desk, task: str, token: int, lease: float) -> None:
    """Keep TASK for a whole lease from now on; refused once another worker has it."""
    found = desk.queue.heartbeat(task, token, lease=lease)
    desk.tell(f"{found.id} is yours until {said(found.lease_until)}.", found)
