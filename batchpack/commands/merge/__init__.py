"""`batchpack merge`: the merge queue of a run of work."""

from __future__ import annotations

import click

from batchpack.groups import LateGroup


@click.group(cls=LateGroup, package=__name__, name="merge", short_help="See and steer a run's merge queue.")
def command() -> None:
    """See and steer the merge queue of a run: finished work comes onto one branch, past a gate, the culprit found."""
