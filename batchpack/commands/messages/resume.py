"""`batchpack messages resume`: send what a job has not sent yet."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from batchpack.app import App
from batchpack.commands.messages._sending import go_on, sending_options
from batchpack.messages import job as jobs


@click.command(short_help="Go on with a job that was interrupted or paused.")
@click.argument("job")
@sending_options
@click.option("--same-workspace", is_flag=True, help="The key is another, and belongs to the same workspace.")
@click.option("--as-begun", is_flag=True, help="Go on although items or template have changed since.")
@click.option("--project", type=click.Path(file_okay=False, path_type=Path), help="The project's folder.")
@click.pass_obj
def command(app: App, /, job: str, project: Path | None, **options: Any) -> None:
    """Send what JOB has not sent yet. What may have been sent is looked for first and never sent twice."""
    go_on(app, jobs.find(job, app.project(project)), options)
