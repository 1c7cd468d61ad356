"""`batchpack items check`: whether the items of a batch may be worked on side by side."""

from __future__ import annotations

import click

from batchpack.commands.items._batch import Room, batch_command
from batchpack.items import independence


@click.command(short_help="Check whether items may be worked on side by side.")
@batch_command()
def command(room: Room) -> int:
    """Check whether items may be worked on side by side; exit code 1 and the right way where they may not.

    Items say in the fields `depends_on`, `writes` and `state` which items they wait for, which paths they change, and
    which mutable state they share.
    """
    verdict = independence.check(room.connection, str(room.project))
    reasons = [f"  - {reason}" for reason in verdict.reasons]
    head = f"These items are {verdict.kind}" + (":" if reasons else f": {verdict.route}.")
    tail = [verdict.route] if reasons else []
    room.tell([head, *reasons, *tail], kind=verdict.kind, reasons=verdict.reasons, route=verdict.route,
              width=verdict.width)  # fmt: skip
    return 0 if verdict.is_independent else 1
