"""`batchpack messages wait`: stay until a job's answers are there."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from batchpack.app import App
from batchpack.commands.messages._looking import (
    JOB,
    JSON,
    PRICES,
    PROJECT,
    WORKSPACE,
    check_batches,
    connect,
    find,
    prices_of,
    tell_end,
)
from batchpack.groups import options  # fmt: skip
from batchpack.messages import closing, retry
from batchpack.messages.desk import GRACE_SECONDS, Paused
from batchpack.messages.job import Job
from batchpack.messages.wait import Waiting, progress
from batchpack.output import is_terminal, say, warn, watched

INTERRUPTED = 130


@click.command(short_help="Wait for a job and fetch its answers.")
@options(JOB, PRICES, PROJECT, JSON, WORKSPACE)
@click.option("--retry", "again", is_flag=True, help="Ask again, free of charge, for what was not answered.")
@click.option(
    "--rounds", type=click.IntRange(1), default=retry.ROUNDS, show_default=True, help="At most so many times."
)
@click.option("--every", type=click.FloatRange(0.05), metavar="SECONDS", help="Look so often; without it, ever less.")
@click.option("--grace", type=click.FloatRange(0), default=GRACE_SECONDS, hidden=True)
@click.pass_obj
def command(app: App, /, job: str, project: Path | None, **given: Any) -> int:
    """Wait until JOB has ended, fetch its answers shard by shard, and write them in the order of the items."""
    found = find(app, job, project)
    check_batches(found, "wait for")
    table = prices_of(given["prices"])
    client = connect(app, found, same_workspace=given["same_workspace"])
    limits = app.provider(found.facts.provider).LIMITS
    tell = warn if given["as_json"] else say
    waiting = Waiting(
        found, client, limits, tell, given["rounds"] if given["again"] else 0, given["every"], given["grace"]
    )
    paused = None
    try:
        with watched(lambda: progress(waiting, datetime.now(UTC))):
            if not is_terminal():
                tell(progress(waiting, datetime.now(UTC)))
            try:
                waiting.run()
            except Paused as error:
                paused = error
        with found.locked():
            closed = closing.close(found, table)
    except KeyboardInterrupt:
        _tell_interrupted(found)
        return INTERRUPTED
    if paused is not None:
        raise paused
    return tell_end(found, closed, as_json=given["as_json"])


def _tell_interrupted(job: Job) -> None:
    """Say what goes on being billed although nobody waits, and how to stop it or come back."""
    live = [shard for shard in job.state().shards() if shard.batch and not shard.ended]
    warn("\ninterrupted; nothing was lost")
    if live:
        requests = sum(shard.requests for shard in live)
        warn(f"{requests:,} requests in {len(live)} batches go on at the service and are billed as they are answered")
        warn(f"  stop them: batchpack messages cancel {job.id}")
    warn(f"  go on waiting: batchpack messages wait {job.id}")
