"""`batchpack items list`: see the items of a batch."""

from __future__ import annotations

import click

from batchpack.commands.items._batch import Room, batch_command
from batchpack.items import looking, words


@click.command(short_help="See the items of a batch, page by page.")
@batch_command(
    click.option("--chunk", type=int, metavar="NUMBER", help="Only those of this chunk."),
    click.option("--left", is_flag=True, help="Only those that nobody judged."),
    click.option("--after", type=int, default=0, metavar="NUMBER", help="Go on behind this place."),
    click.option("--limit", type=int, default=50, show_default=True, help="How many at most."),
)
def command(room: Room, chunk: int | None, left: bool, after: int, limit: int) -> None:
    """List items in the order they came in; a page takes the same time wherever it begins."""
    page = looking.page(room.connection, chunk=chunk, left=left, after=after, limit=limit)
    more = [] if page.after is None else [f"There are more: --after {page.after}"]
    lines = [*words.item_table(page.items), *more] if page.items else ["No items."]
    room.tell(lines, items=page.items, after=page.after)
