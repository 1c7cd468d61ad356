"""`batchpack messages cancel`: end a job's batches at the service."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from batchpack.amounts import count
from batchpack.app import App
from batchpack.commands.messages._looking import JOB, JSON, PROJECT, WORKSPACE, check_batches, connect, find
from batchpack.groups import options  # fmt: skip
from batchpack.messages import canceling
from batchpack.output import say, say_json, warn


@click.command(short_help="End a job: what is not answered yet costs nothing.")
@options(JOB, PROJECT, JSON, WORKSPACE)
@click.pass_obj
def command(app: App, /, job: str, project: Path | None, **given: Any) -> int:
    """Ask the service to end the batches of JOB, and send nothing more of it.

    What was answered by then is kept and billed; the rest comes back as canceled and costs nothing.
    """
    found = find(app, job, project)
    check_batches(found, "cancel")
    client = connect(app, found, same_workspace=given["same_workspace"])
    with found.locked():
        done = canceling.cancel(found, client, warn)
    if given["as_json"]:
        say_json({"job": found.id, "canceled": done.batches, "unsent": done.unsent, "in_doubt": done.doubtful})
    else:
        say(f"Asked the service to end {count(len(done.batches), 'batch', 'batches')} of job {found.id}.")
        if done.unsent:
            say(f"{count(done.unsent, 'request')} were not sent and will not be, unless you run: messages resume")
        say(f"Answers until then are kept and billed. Then run:\n    batchpack messages wait {found.id}")
    for name in done.doubtful:
        warn(f"shard {name} may have been accepted without our knowing; batchpack messages resume {found.id} finds out")
    return 1 if done.doubtful else 0
