"""`batchpack items chunk`: cut a batch into chunks, each the work of one worker."""

from __future__ import annotations

from dataclasses import asdict

import click

from batchpack.commands.items._batch import Room, batch_command
from batchpack.items import chunks, independence, times, words
from batchpack.items.chunking import MOST_ITEMS, Rule
from batchpack.queue import database
from batchpack.queue.values import Kind


@click.command(short_help="Cut a batch into chunks, each for one worker.")
@batch_command(
    click.option("--by", required=True, metavar="month|week|day|FIELD|size|tokens", help="What belongs together."),
    click.option("--max", "most", type=int, default=MOST_ITEMS, show_default=True, help="Items of a chunk at most."),
    click.option("--max-tokens", type=int, help="Estimated tokens of a chunk at most; with --by tokens: 20,000."),
    click.option("--zone", default="UTC", show_default=True, help="The zone in which days begin, as Europe/Berlin."),
    click.option("--each", is_flag=True, help="A task for each item, not for each chunk."),
    click.option("--anyway", is_flag=True, help="Also items that meet or wait for each other; that is recorded."),
)
def command(room: Room, by: str, most: int, max_tokens: int | None, zone: str, **given: bool) -> None:
    """Cut a batch into chunks: every item in exactly one, the same chunks for the same items, with a task for each.

    Items that wait for each other, or of which two tasks would change the same, are refused with the reason.
    It can be done anew until a worker has claimed the first task.
    """
    with database.transaction(room.connection):
        kind: Kind = "item" if given["each"] else "chunk"
        found = chunks.cut(room.connection, Rule(by, most, max_tokens), times.zone(zone), kind)
        independence.require(room.connection, str(room.project), anyway=given["anyway"])
    total = sum(one.items for one in found)
    told = f"{words.count(total, 'item')} in {words.count(len(found), 'chunk')}: each in exactly one."
    listed = list(words.chunk_table(found))
    shown = [*listed[:21], f"and {len(listed) - 21:,} more"] if len(listed) > 21 else listed
    then = f"Then workers run:\n    batchpack items claim {room.named}"
    room.tell([*shown, told, then], items=total, chunks=[asdict(one) for one in found])
