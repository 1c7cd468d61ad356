"""`batchpack runs`: the runs there are."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from batchpack.app import App
from batchpack.output import say, say_json
from batchpack.runs import listing


@click.command
@click.option("--all", "everywhere", is_flag=True, help="The runs of all projects.")
@click.option("--project", type=click.Path(file_okay=False, path_type=Path), help="The project's folder.")
@click.option("--json", "as_json", is_flag=True, help="Print facts as JSON.")
@click.pass_obj
def command(app: App, everywhere: bool, project: Path | None, as_json: bool) -> None:
    """List the runs of this project, newest first."""
    found = listing.rows(None if everywhere else app.project(project))
    if as_json:
        say_json({"runs": [asdict(row) for row in found]})
    elif not found:
        say('No runs yet. Begin one with: batchpack start "what is to be done"')
    else:
        say("\n".join(listing.table(found, everywhere=everywhere)))
