"""`batchpack items`: hundreds of items, each done once and accounted for."""

from __future__ import annotations

import click

from batchpack.groups import LateGroup


@click.group(cls=LateGroup, package=__name__, name="items", short_help="Work through hundreds of items, each once.")
def command() -> None:
    """Work through hundreds of items with many workers: each is claimed once, done once, and accounted for."""
