"""`batchpack messages list`: the jobs of a project."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from batchpack.app import App
from batchpack.commands.messages._looking import JSON, PROJECT
from batchpack.groups import options
from batchpack.messages import facts, listing
from batchpack.messages import job as jobs
from batchpack.output import say, say_json, warn


@click.command(short_help="Show the jobs of this project.")
@options(PROJECT, JSON)
@click.pass_obj
def command(app: App, /, project: Path | None, as_json: bool) -> None:
    """List the jobs of this project, the newest first, with what came of their items."""
    found = list(reversed(jobs.of_project(app.project(project))))
    rows, broken = listing.rows(found)
    if as_json:
        say_json({"jobs": rows, "broken": broken})
    elif rows:
        say("\n".join(listing.table(rows)))
    elif not broken:
        say("No jobs yet. Begin one with: batchpack messages submit items.jsonl --template prompt.j2 --model …")
    for line in broken:
        warn(line)
    for job in found:
        if job.id in {row["job"] for row in rows}:
            for line in facts.warnings(job, job.state(), datetime.now(UTC)):
                warn(line)
