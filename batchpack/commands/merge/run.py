"""`batchpack merge run`: what is ready is merged now."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import click

from batchpack.app import App
from batchpack.commands.merge._shared import JSON, PROJECT, RUN, find
from batchpack.groups import options
from batchpack.output import say, say_json


@click.command(short_help="Merge what is ready, in a run that nobody drives.")
@options(RUN, PROJECT, JSON)
@click.option("--gate", multiple=True, metavar="LINE", help="A line to run instead of the plan's; may be repeated.")
@click.pass_obj
def command(app: App, /, run: str, gate: tuple[str, ...], **given: Any) -> int:
    """Merge what is ready in a run that nobody drives (by default this project's newest).

    Exit code 1 says that something was ready and is not merged.
    """
    from batchpack.commands.merge import _told
    from batchpack.execution import merger

    found = find(app, run, given["project"])
    progress = merger.merge_now(found, gate)
    if given["as_json"]:
        say_json({"run": found.id, **asdict(progress)})
    else:
        say("\n".join(_told.outcome(progress)))
    return 1 if progress.failures or progress.blocked else 0
