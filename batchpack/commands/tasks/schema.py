"""`batchpack tasks schema`: the JSON Schema of plan files."""

from __future__ import annotations

import json

import click

from batchpack.output import say
from batchpack.workplan.schema import schema


@click.command(short_help="Print the JSON Schema of plan files.")
def command() -> None:
    """Print the JSON Schema of plan files, for editors."""
    say(json.dumps(schema(), indent=2))
