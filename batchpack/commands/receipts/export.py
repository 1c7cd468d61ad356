"""`batchpack receipts export`: the receipts as a file of your choice."""

from __future__ import annotations

from pathlib import Path

import click

from batchpack.amounts import count
from batchpack.app import App
from batchpack.commands.receipts._shared import BATCH, PROJECT, folder_of
from batchpack.errors import UsageError
from batchpack.files import write_atomic
from batchpack.groups import options
from batchpack.output import say, warn
from batchpack.receipts import export
from batchpack.receipts.book import Book
from batchpack.receipts.checking import Report, read


@click.command(short_help="Write the receipts to a file.")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--force", is_flag=True, help="Replace the file if it is there.")
@options(BATCH, PROJECT)
@click.pass_obj
def command(app: App, /, file: Path, force: bool, batch: str, project: Path | None) -> int:
    """Write the receipts to FILE: .jsonl has the lines as they are, .csv and .md have a row for each act."""
    folder = folder_of(app, batch, project)
    if file.exists() and not force:
        raise UsageError(f"{file} is there already", "choose another name, or add --force to replace it")
    report = Report()
    text = export.render(file, read(Book(folder).path, report))
    write_atomic(file, text)
    say(f"{count(report.receipts, 'receipt')} of batch {folder.name}: {file}")
    if not report.is_whole:
        warn("the book was tampered with; what was changed is left out: batchpack receipts verify")
    return 0 if report.is_whole else 1
