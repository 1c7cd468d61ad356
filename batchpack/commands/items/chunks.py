"""`batchpack items chunks`: see the chunks of a batch."""

from __future__ import annotations

import click

from batchpack.commands.items._queue import Desk, desk_command
from batchpack.items import words
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
    rows = [
        (str(one["number"]), line(one["label"], 60), f"{one['recorded']:,} of {one['items']:,}", one["task"] or "-",
         one["status"] or "-") for one in found
    ]  # fmt: skip
    say("\n".join(words.table(("chunk", "of", "judged", "task", "standing"), rows)) if rows else _none(after))
    if behind is not None:
        say(f"There are more: --after {behind}")


def _none(after: int) -> str:
    """Say that there are no chunks, and how to make them."""
    return (
        "No more chunks." if after else "No chunks. To make them, run:\n    batchpack items chunk --by month|FIELD|size"
    )
