"""What the commands share: their arguments and options, and the run that is meant."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from batchpack.app import App

if TYPE_CHECKING:
    from batchpack.execution.store import WorkRun

RUN = click.argument("run", default="latest")
ITS_RUN = click.argument("run")
TASK = click.argument("task")
PROJECT = click.option("--project", type=click.Path(file_okay=False, path_type=Path), help="The project's folder.")
JSON = click.option("--json", "as_json", is_flag=True, help="Print facts as JSON.")


def find(app: App, word: str, project: Path | None) -> WorkRun:
    """Return the run that a word means."""
    from batchpack.execution import store

    return store.find(word, app.project(project))
