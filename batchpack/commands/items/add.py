"""`batchpack items add`: begin a batch with the items of files, mail, standard input or a command."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from batchpack.app import App
from batchpack.commands.items._queue import JSON, PROJECT
from batchpack.errors import UsageError
from batchpack.items import bulk, manifest, sources, times, words
from batchpack.items.shaping import Shape
from batchpack.items.sources import FORMATS, Source
from batchpack.items.values import Added, Rejects
from batchpack.output import say, say_json, warn
from batchpack.plaintext import line
from batchpack.queue import database

LOOK = "see what they have with batchpack items list --full --limit 1"


@click.command(short_help="Begin a batch with the items of files, mail or a command.")
@click.argument("sources_", metavar="SOURCE...", nargs=-1, type=click.UNPROCESSED)
@click.option("--command", "of_command", is_flag=True, help="SOURCE is a command, behind --, whose lines are items.")
@click.option("--format", "kind", type=click.Choice(FORMATS), help="What SOURCE holds, where its name does not say.")
@click.option("--name", help="A name for the batch.")
@click.option("--id", "id_", metavar="FIELD", help="The field that names an item; without it `id`, or the content.")
@click.option("--at", metavar="FIELD", help="The field that holds its time.")
@click.option("--category", metavar="FIELD", help="The field that holds its category.")
@click.option("--zone", default="UTC", show_default=True, help="The zone of times that name none, as Europe/Berlin.")
@click.option("--keep-going", is_flag=True, help="Set broken rows and twins aside instead of ending.")
@PROJECT
@JSON
@click.pass_obj
def command(app: App, /, project: Path | None, as_json: bool, **given: Any) -> None:
    """Begin a batch with the items of each SOURCE.

    A SOURCE is JSONL, CSV, a pattern of files in quotes, an mbox file, a folder of mail, or - for standard input.
    Each item gets an id, the hash of its content, a time, a category and a size. All are added or none is.
    """
    found = _sources(given)
    shape = _shape(given, found)
    rejects = Rejects(given["keep_going"])
    folder = manifest.make(
        app.project(project), given["name"], bulk.blocks(found, shape, rejects), rejects,
        lambda: _facts(found, shape, given["zone"]),
    )  # fmt: skip
    with database.opened(folder / database.NAME) as connection:
        added = manifest.added(connection)
    if as_json:
        facts = {name: getattr(added, name) for name in ("items", "size", "tokens", "undated", "uncategorised")}
        say_json({"batch": folder.name, **facts, "manifest": added.manifest, "rejected": added.rejected})
    else:
        then = f"Then run:\n    batchpack items chunk --by month|week|day|FIELD|size|tokens --batch {folder.name}"
        say("\n".join([*words.added(folder.name, added), then]))
    for text in [*_unknown(given, added), *words.rejected(added.rejected)]:
        warn(text)


def _unknown(given: dict[str, Any], added: Added) -> list[str]:
    """Tell fields that were named and that no item has: a misspelt one must not go unseen."""
    none = {"at": added.undated == added.items, "category": added.uncategorised == added.items}
    return [
        f"no item has anything in the field {line(given[name], 60)}, which --{name} names: {LOOK}"
        for name in none if none[name] and given[name]
    ]  # fmt: skip


def _sources(given: dict[str, Any]) -> list[Source]:
    """Return the sources that were named; raises UsageError for none."""
    named, here, kind = given["sources_"], Path.cwd(), given["kind"]
    if not named:
        raise UsageError("SOURCE is missing", "name a JSONL or CSV file, a pattern in quotes, mail, or - for input")
    if given["of_command"]:
        return [sources.of_command(named, here, kind)]
    stdin = sys.stdin.buffer
    return [sources.open_source(word, here, kind=kind, stdin=stdin) for word in named]


def _shape(given: dict[str, Any], found: list[Source]) -> Shape:
    """Return which fields say what; mail is put together by its senders unless another field is named."""
    mail = all(one.kind in ("mail", "mbox") for one in found)
    category = given["category"] or ("from" if mail else None)
    return Shape(given["id_"], given["at"], category, times.zone(given["zone"]))


def _facts(found: list[Source], shape: Shape, zone: str) -> dict[str, Any]:
    """Return for the record where the items came from."""
    told = [{"kind": one.kind, "word": one.word, "base": str(one.base), "argv": one.argv} for one in found]
    fields = {"id": shape.id, "at": shape.at, "category": shape.category}
    return {"sources": told, "fields": fields, "zone": zone, "declared": shape.declared}
