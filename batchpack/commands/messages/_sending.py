"""What `submit` and `resume` share: sending what is not sent yet, and telling where it stands."""

from __future__ import annotations

from typing import Any

import click

from batchpack.app import App
from batchpack.errors import UsageError
from batchpack.groups import options
from batchpack.messages import resume, submit
from batchpack.messages.desk import GRACE_SECONDS, Desk, check_account
from batchpack.messages.job import Job
from batchpack.output import say, say_json, warn

OPTIONS = (
    click.option("--queue-limit", type=click.IntRange(1), help="Let at most so many requests wait at the service."),
    click.option(
        "--grace", type=click.FloatRange(0), default=GRACE_SECONDS, show_default=True, metavar="SECONDS",
        help="How long a batch whose answer was lost is looked for before it is sent again.",
    ),
    click.option("--no-canary", is_flag=True, help="Do not wait for one request before the others are sent."),
    click.option("--json", "as_json", is_flag=True, help="Print facts as JSON."),
)  # fmt: skip


sending_options = options(*OPTIONS)
"""Give a command the options of sending."""


def go_on(app: App, job: Job, given: dict[str, Any]) -> None:
    """Send what a job has not sent yet; changed items, another key and another address are refused."""
    if job.facts.mode != "batch":
        raise UsageError(
            f"job {job.id} sends no batches", f"go on with it: batchpack messages {job.facts.mode} --resume {job.id}"
        )
    if not given.get("as_begun"):
        resume.check(job)
    provider = app.provider(job.facts.provider)
    client = provider.connect()
    check_account(job, client, same_workspace=given.get("same_workspace", False))
    with job.locked():
        send(Desk(job, client, provider.LIMITS, **desk_options(given)), given)


def desk_options(given: dict[str, Any]) -> dict[str, Any]:
    """Return the options of a desk."""
    tell = warn if given["as_json"] else say
    limit = given["queue_limit"] or 0
    return {"grace": given["grace"], "queue_limit": limit, "canary": not given["no_canary"], "tell": tell}


def send(desk: Desk, given: dict[str, Any]) -> None:
    """Send all and tell what comes next; an interrupt says what goes on without us."""
    try:
        submit.send_all(desk)
    except KeyboardInterrupt:
        _tell_interrupted(desk)
        raise
    shards = list(desk.state.shards())
    doubtful = [shard for shard in shards if not shard.proven]
    if given["as_json"]:
        batches = [{"shard": one.name, "requests": one.requests, "batch": one.batch, "how": one.how} for one in shards]
        say_json({"job": desk.job.id, "folder": str(desk.job.folder), "batches": batches})
        return
    say(f"All {sum(one.requests for one in shards):,} requests are accepted.")
    if doubtful:
        say(f"  {len(doubtful)} of {len(shards)} shards were found by their size; their results will prove them")
    say(f"Then run:\n    batchpack messages wait {desk.job.id}")


def _tell_interrupted(desk: Desk) -> None:
    """Say what is being worked on, and paid, although nobody waits here."""
    sent = [shard for shard in desk.state.shards() if shard.batch is not None]
    doubtful = [shard for shard in desk.state.shards() if shard.intent is not None]
    warn(f"\n{sum(one.requests for one in sent):,} requests are with the service, which goes on and bills them")
    if doubtful:
        warn(f"of shard {doubtful[0].name} nobody knows yet; resuming finds out before it sends anything")
    warn(f"  go on: batchpack messages resume {desk.job.id}\n  stop it: batchpack messages cancel {desk.job.id}")
