"""`batchpack items status`: where a batch stands, in counts that add up."""

from __future__ import annotations

import click

from batchpack.commands.items._batch import Room, batch_command
from batchpack.items import looking, words
from batchpack.items.manifest import added
from batchpack.plaintext import line


@click.command(short_help="Show where a batch stands.")
@batch_command(click.option("--rejected", is_flag=True, help="List the rows that were set aside."))
def command(room: Room, rejected: bool) -> None:
    """Show how many items are done, failed, skipped, dead and pending, and the same of tasks."""
    facts = looking.status(room.connection)
    rows = added(room.connection).rejected
    if rejected:
        room.tell([f"{line(place)}: {line(reason, 300)}" for place, reason in rows] or ["Nothing."], rejected=rows)
        return
    told = [
        f"Batch {room.folder.name}: {words.count(facts['items']['items'], 'item')} = {_sum(facts['items'], 'items')}",
        f"  in {words.count(facts['chunks'], 'chunk')}; tasks: {_sum(facts['tasks']) or 'none'}",
    ]
    if rows:
        told.append(f"  {words.count(len(rows), 'row was', 'rows were')} set aside: batchpack items status --rejected")
    room.tell(told, **facts)


def _sum(counts: dict[str, int], total: str = "") -> str:
    """Tell counts as a sum; those of none are left out."""
    return " + ".join(f"{number:,} {name}" for name, number in counts.items() if number and name != total)
