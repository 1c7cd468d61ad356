"""`batchpack items act`: let workers act on what was judged, once a person approved it."""

from __future__ import annotations

import click

from batchpack.commands.items._batch import Room, batch_command
from batchpack.items import acts, workers
from batchpack.items.acts import Act
from batchpack.items.words import count
from batchpack.queue import database, ids
from batchpack.runs import request, wording


@click.command(short_help="Make tasks of an approved bulk act.")
@batch_command(
    click.argument("name"),
    click.option("--file", required=True, help="What is to be done with each item: a file, or - for standard input."),
    click.option("--category", "categories", multiple=True, help="Only items judged so; may be given several times."),
    click.option("--chunk", type=int, metavar="NUMBER", help="Only this chunk."),
)
def command(room: Room, name: str, file: str, categories: tuple[str, ...], chunk: int | None) -> None:
    """Make a task for each chunk that has items to act on; NAME is a word for the act, as archive.

    It is refused unless what was judged is approved. Such a task is done when each of its items has a receipt of how
    the act on it ended.
    """
    wanted = Act(ids.check("task", name), request.read((), file), categories, chunk)
    with database.transaction(room.connection):
        made = acts.plan(room.connection, wanted)
    told = f"{count(len(made), 'task')} to {name}: {', '.join(one.id for one in made)}."
    host = workers.host_of(room.connection)
    called = ["--host", host] if host else []
    then = wording.step("For workers that do it,", "items", "prompt", *called, *room.named.split())
    room.tell([told, *then], act=name, tasks=[one.id for one in made])
