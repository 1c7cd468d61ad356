"""`batchpack tasks`: plans of work, looked at before they are run."""

from __future__ import annotations

import click

from batchpack.groups import LateGroup


@click.group(cls=LateGroup, package=__name__, name="tasks", short_help="Look at a plan before it is run.")
def command() -> None:
    """Look at a plan before it is run: a plan file, a folder of task files, or a feature of task-cli."""
