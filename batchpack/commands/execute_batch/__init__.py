"""`batchpack execute-batch`: a batch of tasks that the agents of a host carry out, each in a worktree of its own."""

from __future__ import annotations

import click

from batchpack.groups import LateGroup


@click.group(
    cls=LateGroup, package=__name__, name="execute-batch", short_help="Carry out a batch of tasks with a host's agents."
)
def command() -> None:
    """Carry out a batch of tasks with the agents of a host: begin it, hand in what they answered, end it."""
