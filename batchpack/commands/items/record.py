"""`batchpack items record`: write down what was judged of items."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from batchpack.commands.items._batch import Room, batch_command
from batchpack.commands.items._queue import TASK, TOKEN, given_text, value_of
from batchpack.errors import UsageError
from batchpack.files import read_text
from batchpack.items import records
from batchpack.items.records import DISPOSITIONS, Judgement
from batchpack.queue import database, ticks


@click.command(short_help="Write down what was judged of items.")
@batch_command(
    TASK,
    click.argument("item", required=False),
    TOKEN,
    click.option("--category", help="What it is."),
    click.option("--disposition", type=click.Choice(DISPOSITIONS), default="done", help="What became of it."),
    click.option("--rationale", default="", help="Why."),
    click.option("--data", metavar="JSON", help="What else a reader needs."),
    click.option("--file", metavar="FILE", help="Many at once: a JSON object a line; - reads standard input."),
)
def command(room: Room, task: str, item: str | None, token: int, file: str | None, **given: Any) -> None:
    """Write down what was judged of ITEM, which TASK holds; a later record of the same item replaces it.

    With --file each line is an object with `item`, `category`, `disposition`, `rationale` and `data`; all are taken or
    none is.
    """
    judged = _judged(item, file, given)
    with database.transaction(room.connection):
        held = records.put(room.connection, ticks.now(), task, token, judged)
        done, total = records.progress(room.connection, held)
    room.tell([f"{done} of {total} items of {held.id} are judged."], task=held.id, judged=done, items=total)


def _judged(item: str | None, file: str | None, given: dict[str, Any]) -> list[Judgement]:
    """Return what was judged, as options say it or lines of a file."""
    if (item is None) == (file is None):
        raise UsageError("one of ITEM and --file says what was judged", "give one of them")
    if file is not None:
        if file == "-":
            return records.parse(given_text(), "standard input")
        return records.parse(read_text(Path(file)), file)
    data = value_of("--data", given.pop("data"))
    return [Judgement(str(item), data=data, **given)]
