"""`batchpack receipts`: what was done to which item, and taking it back."""

from __future__ import annotations

import click

from batchpack.groups import LateGroup


@click.group(cls=LateGroup, package=__name__, name="receipts", short_help="Show, verify and take back what was done.")
def command() -> None:
    """Keep receipts of acts that cannot simply be repeated: written before and after each act, in a checked chain."""
