"""`batchpack items chunks`: see the chunks of a batch."""

from __future__ import annotations

import click

from batchpack.commands.items._queue import Desk, desk_command
from batchpack.output import say, say_json
from batchpack.plaintext import line
from batchpack.queue import chunks


@click.command(short_help="See the chunks of a batch, and how far each is.")
@desk_command(
    click.option("--after", type=int, default=0, metavar="NUMBER", help="Go on behind this chunk."),
    click.option("--limit", type=int, default=50, show_default=True, help="How many at most."),
)
def command(desk: Desk, after: int, limit: int) -> None:
    """List the chunks of a batch: the items and records of each, its task and where that stands."""
    found, behind = chunks.page(desk.queue.path.parent, after, limit)
    if desk.as_json:
        say_json({"batch": desk.batch, "chunks": found, "after": behind})
        return
    for one in found:
        task = f"  {one['task']} {one['status']}" if one["task"] else ""
        say(f"{one['number']:>4}  {line(one['label'])}  {one['recorded']:,} of {one['items']:,} items judged{task}")
    if not found:
        say("No chunks." if not after else "No more chunks.")
    if behind is not None:
        say(f"There are more: --after {behind}")
