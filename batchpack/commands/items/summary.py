"""`batchpack items summary`: what was judged so far, chunk by chunk or of one chunk with samples."""

from __future__ import annotations

from collections.abc import Iterator

import click

from batchpack.commands.items._batch import Room, batch_command
from batchpack.items import checkpoint, summaries
from batchpack.items.summaries import TOKEN_CAP


@click.command(short_help="Sum up what was judged.")
@batch_command(
    click.option("--chunk", type=int, metavar="NUMBER", help="The checkpoint of one chunk: counts, samples, hash."),
    click.option("--max-tokens", type=click.IntRange(100), default=TOKEN_CAP, show_default=True, help="Its length."),
)
def command(room: Room, chunk: int | None, max_tokens: int) -> None:
    """Sum up what was judged, citing items, and write the summary and the details of each chunk to the batch's folder.

    The summary is as detailed as its length allows: chunk by chunk, or larger groups of them.
    """
    text = summaries.write_all(room.connection, room.folder, max_tokens)
    if chunk is None:
        whole = checkpoint.of(room.connection, None)
        told = [*_shown(room, text), "", *checkpoint.lines(whole), "", *checkpoint.then(whole, room.named)]
        room.tell(told, summary=text, folder=str(room.folder), hash=whole.hash, approved=whole.approved)
        return
    found = checkpoint.of(room.connection, chunk)
    room.tell([*checkpoint.lines(found), "", *checkpoint.then(found, room.named)], **found.to_json())


def _shown(room: Room, text: str) -> Iterator[str]:
    """Yield the summary and where it stands."""
    yield text.rstrip("\n")
    yield f"\nAlso in {room.folder / 'summary.md'}; details in {room.folder / summaries.FOLDER}"
