"""`batchpack items approve`: say yes to what was judged, so that bulk acts may be done."""

from __future__ import annotations

import click

from batchpack import clock
from batchpack.commands.items._batch import Room, batch_command
from batchpack.commands.items._queue import worker_of
from batchpack.errors import UsageError
from batchpack.items import approval, checkpoint
from batchpack.items.approval import Approval, How
from batchpack.items.manifest import added
from batchpack.output import confirm, is_terminal, say, warn
from batchpack.queue import database


@click.command(short_help="Say yes to what was judged, before bulk acts.")
@batch_command(
    click.option("--chunk", type=int, metavar="NUMBER", help="Only this chunk."),
    click.option("--hash", "digest", metavar="HASH", help="What was shown to the person who agreed."),
    click.option(
        "--ahead", is_flag=True, help="Agree now to whatever will be judged of these items; recorded as such."
    ),
    click.option("--check", is_flag=True, help="Only tell whether bulk acts may be done: exit code 0 or 1."),
    click.option("--by", metavar="NAME", help="Who agreed.  [default: user@machine]"),
)
def command(room: Room, chunk: int | None, digest: str | None, ahead: bool, check: bool, by: str | None) -> int:
    """Approve what was judged of a batch or a chunk; the approval is void as soon as any of it changes.

    In a terminal it is shown and asked. Elsewhere --hash names what a person was shown and agreed to.
    """
    if check:
        found = approval.find(room.connection, chunk)
        room.tell([f"Approved by {found.by} at {found.at} ({found.how})."], approval=found)
        return 0
    given = _digest(room, chunk, digest, ahead)
    if given is None:
        say("Nothing was approved.")
        return 1
    how: How = "ahead" if ahead else "hash" if digest else "asked"
    with database.transaction(room.connection):
        approval.give(room.connection, Approval(chunk, given, how, worker_of(by), clock.now()))
    what = "Whatever is judged of this batch" if ahead else "This batch" if chunk is None else f"Chunk {chunk}"
    room.tell([f"{what} is approved; bulk acts may be done."], chunk=chunk, hash=given, how=how)
    return 0


def _digest(room: Room, chunk: int | None, digest: str | None, ahead: bool) -> str | None:
    """Return the hash that is agreed to; None where a person said no."""
    if ahead:
        if chunk is not None or digest is not None:
            raise UsageError("--ahead holds for the whole batch", "leave --chunk and --hash out")
        return added(room.connection).manifest
    if digest is not None:
        return digest
    if not is_terminal() or room.as_json:
        raise UsageError("nobody is there to be asked", "show a person: batchpack items summary; then give --hash")
    found = checkpoint.of(room.connection, chunk)
    warn("\n".join(checkpoint.lines(found)))
    return found.hash if confirm("May bulk acts be done on this?") else None
