"""`batchpack worktrees`: the worktrees that runs of work have made."""

from __future__ import annotations

import click

from batchpack.groups import LateGroup


@click.group(
    cls=LateGroup, package=__name__, name="worktrees", short_help="See, save and take away the worktrees of runs."
)
def command() -> None:
    """See, save and take away the worktrees of runs; nothing that is not committed or saved is ever deleted."""
