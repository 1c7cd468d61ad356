"""`batchpack items list`: see the items of a batch."""

from __future__ import annotations

import click

from batchpack.commands.items._batch import Room, batch_command
from batchpack.items import looking, words


@click.command(short_help="See the items of a batch, page by page.")
@batch_command(
    click.option("--chunk", type=int, metavar="NUMBER", help="Only those of this chunk."),
    click.option("--left", is_flag=True, help="Only those that nobody judged."),
    click.option("--full", is_flag=True, help="With the fields of each, as a JSON object a line."),
    click.option("--after", type=int, default=0, metavar="NUMBER", help="Go on behind this place."),
    click.option("--limit", type=int, default=50, show_default=True, help="How many at most."),
)
def command(room: Room, chunk: int | None, left: bool, full: bool, after: int, limit: int) -> None:
    """List items in the order they came in; a page takes the same time wherever it begins."""
    page = looking.page(room.connection, chunk=chunk, left=left, after=after, limit=limit)
    more = [] if page.after is None else [f"There are more: --after {page.after}"]
    items = looking.with_fields(room.connection, room.folder, page.items) if full else page.items
    shown = words.item_lines(items) if full else words.item_table(items)
    room.tell([*shown, *more] if items else ["No items."], items=items, after=page.after)
