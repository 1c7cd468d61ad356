"""What the commands share: their options, and the book of the batch that is meant."""

from __future__ import annotations

from pathlib import Path

import click

from batchpack.app import App
from batchpack.queue import batches, ids
from batchpack.receipts.acts import Act, fold
from batchpack.receipts.book import Book
from batchpack.receipts.checking import Report, read

BATCH = click.option("--batch", default=ids.LATEST, metavar="NAME", help="The batch of items.  [default: the latest]")
PROJECT = click.option("--project", type=click.Path(file_okay=False, path_type=Path), help="The project's folder.")
JSON = click.option("--json", "as_json", is_flag=True, help="Print facts as JSON.")


def folder_of(app: App, batch: str, project: Path | None) -> Path:
    """Return the folder of the batch that a word means."""
    return batches.find(app.project(project), batch)


def acts_of(folder: Path) -> tuple[dict[str, Act], Report]:
    """Return the acts of a batch by name, and what reading its book found."""
    report = Report()
    return fold(read(Book(folder).path, report)), report


def told(act: Act) -> str:
    """Return an act as one line."""
    from batchpack.receipts.export import plain, row

    facts = row(act)
    parts = [facts["act"], facts["began"], f"{facts['standing']:<9}", facts["what"], facts["item"]]
    undoes = act.before.draft.undoes
    more = [f"of {plain(undoes)}" if undoes else "", facts["detail"], f"undo: {facts['undo']}" if facts["undo"] else ""]
    return "  ".join(part for part in (*parts, *more) if part)
