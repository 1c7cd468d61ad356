"""`batchpack items limits`: how much may be held at once, and how often a task is tried."""

from __future__ import annotations

from dataclasses import asdict

import click

from batchpack.commands.items._queue import Desk, desk_command
from batchpack.queue.values import Limits


@click.command(short_help="See or set how much may be held at once, and more.")
@desk_command(
    click.option("--claims", type=int, help="Tasks held at once by all workers together; 0: any number."),
    click.option("--claims-per-worker", type=int, help="Tasks held at once by one worker; 0: any number."),
    click.option("--attempts", type=int, help="Attempts at a task that fails and is to be tried again."),
    click.option("--lost-leases", type=int, help="Workers that may be lost with a task until it is given up."),
    click.option("--undo-days", type=int, help="Days after the end of the batch in which acts can be taken back."),
)
def command(desk: Desk, **given: int | None) -> None:
    """See the limits of a batch, or set some of them."""
    wanted = {name: value for name, value in given.items() if value is not None}
    if wanted:
        lifted = {name: value or None if name.startswith("claims") else value for name, value in wanted.items()}
        desk.queue.limit(Limits(**{**asdict(desk.queue.limits()), **lifted}))
    facts = asdict(desk.queue.limits())
    told = [f"{name.replace('_', ' ')}: {'any number' if value is None else value}" for name, value in facts.items()]
    desk.tell("\n".join(told), None, limits=facts)
