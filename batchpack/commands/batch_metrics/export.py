"""`batch-metrics export`: everything that is known, one request a line."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

import click

from batchpack.amounts import count
from batchpack.app import App
from batchpack.errors import Unwritable
from batchpack.ledger.exporting import FORMATS
from batchpack.metrics import gathering
from batchpack.output import stream, warn


@click.command(short_help="Write every request that is known as a line.")
@click.option("--format", "form", type=click.Choice(FORMATS), default="jsonl", show_default=True, help="Its form.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="A file, instead of standard output.")
@click.option("--since", metavar="WHEN", help="From then on: 2026-11-01, yesterday, 24h, 7d.")
@click.option("--project", type=click.Path(file_okay=False, path_type=Path), help="What belongs to this folder.")
@click.option("--no-collect", is_flag=True, help="Write what is known, without looking for news first.")
@click.pass_obj
def command(
    app: App, form: str, out: Path | None, since: str | None, project: Path | None, *, no_collect: bool
) -> None:
    """Write every request that is known, earliest first: when, where, for whom, tokens by kind, cost. No texts."""
    from batchpack.ledger import Where
    from batchpack.metrics import moments

    where = Where(
        since=None if since is None else moments.parse(since), project=str(project.resolve()) if project else None
    )
    with gathering.opened(app, news=not no_collect) as ledger:
        if out is None:
            ledger.export(stream(), form, where)
            return
        real = out.resolve()  # a link stays one
        if out.exists() and not out.is_file():
            raise Unwritable(out, "it is no regular file")
        unfinished = real.with_name(f".{real.name}.{os.getpid()}")
        try:
            with unfinished.open("x", encoding="utf-8", newline="") as file:
                written = ledger.export(file, form, where)
            unfinished.replace(real)
        except OSError as error:
            raise Unwritable(out, error.strerror or str(error)) from error
        finally:
            with suppress(OSError):
                unfinished.unlink(missing_ok=True)
    warn(f"{count(written, 'request')} written to {out}")
