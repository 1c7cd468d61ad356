"""What the commands share that look after a job: their options, the job that is meant, and its connection."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from batchpack.app import App
from batchpack.errors import UsageError
from batchpack.messages import job as jobs
from batchpack.messages.job import Job
from batchpack.output import say, say_json, warn

if TYPE_CHECKING:
    from batchpack.messages.closing import Closed
    from batchpack.prices import Prices
    from batchpack.provider import Client

PROJECT = click.option("--project", type=click.Path(file_okay=False, path_type=Path), help="The project's folder.")
JSON = click.option("--json", "as_json", is_flag=True, help="Print facts as JSON.")
PRICES = click.option(
    "--prices", type=click.Path(path_type=Path), metavar="FILE", help="Prices of your own instead of ours."
)
WORKSPACE = click.option(
    "--same-workspace", is_flag=True, help="The key is another, and belongs to the same workspace."
)
JOB = click.argument("job", default=jobs.LATEST)


def find(app: App, word: str, project: Path | None) -> Job:
    """Return the job that a word means in a project."""
    return jobs.find(word, app.project(project))


def connect(app: App, job: Job, *, same_workspace: bool = False) -> Client:
    """Return a connection to the service that a job was sent to; another key or address is refused."""
    from batchpack.messages.desk import check_account

    client = app.provider(job.facts.provider).connect()
    check_account(job, client, same_workspace=same_workspace)
    return client


def prices_of(given: Path | None) -> Prices:
    """Return the prices to count with."""
    from batchpack import prices

    return prices.load(given) if given else prices.shipped()


def check_batches(job: Job, act: str) -> None:
    """Refuse to wait for or cancel what was never sent as batches."""
    if job.facts.mode != "batch":
        raise UsageError(
            f"job {job.id} sends no batches; there is nothing to {act}",
            f"go on with it: batchpack messages {job.facts.mode} --resume {job.id}",
        )


def tell_end(job: Job, closed: Closed, *, as_json: bool, where: str = "") -> int:
    """Say what came of a job; returns the exit code: 0 when all items are answered, else 1."""
    from batchpack.messages import facts

    if as_json:
        more = {
            "answers": str(job.answers),
            "failures": str(job.failed),
            "report": str(job.report),
            "out": where or None,
        }
        say_json(facts.to_json(job, closed.state, closed.bill, datetime.now(UTC)) | more)
    else:
        say("\n".join(_summary(job, closed, where)))
    if closed.state.paused:
        warn(f"paused: {closed.state.paused['reason']}\n  {closed.state.paused['hint']}")
    return 0 if closed.standing.answered == closed.standing.items else 1


def _summary(job: Job, closed: Closed, where: str) -> list[str]:
    """Return what a person is told at the end."""
    from batchpack.messages import costs, report

    found, here = closed.standing, Path.cwd()
    told = [f"{report.counted(found)}.", *costs.lines(closed.bill), f"Answers: {where or shown(job.answers, here)}"]
    if found.failed:
        told += [f"Failed: {shown(job.failed, here)}", f"For review: {shown(job.report, here)}"]
    return told


def shown(path: Path, here: Path) -> str:
    """Return a path as printed: relative when the reader stands above it."""
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)
