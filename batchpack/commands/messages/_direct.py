"""What `stream` and `loop` share: a job that is begun or gone on with, and what is told of its end."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

import click

from batchpack.app import App
from batchpack.commands.messages._estimating import (
    budget_of,
    connected,
    cost_lines,
    estimate_options,
    guessed,
    take_stdin,
)  # fmt: skip
from batchpack.commands.messages._looking import prices_of, tell_end
from batchpack.commands.messages._ordering import make_order, order_options
from batchpack.errors import BatchpackError, UsageError
from batchpack.messages import begin, closing, direct, items, outcomes, resume, retry
from batchpack.messages import estimate as estimates
from batchpack.messages import job as jobs
from batchpack.messages.asking import PATIENCE, Paused
from batchpack.messages.begin import Draft, Order
from batchpack.messages.desk import check_account
from batchpack.messages.direct import Progress
from batchpack.messages.doubts import doubtful
from batchpack.messages.forecast import CONCURRENCY
from batchpack.messages.job import Job
from batchpack.messages.retry import Change
from batchpack.messages.words import duration
from batchpack.output import is_terminal, say, say_json, warn, watched
from batchpack.provider import Client

F = TypeVar("F", bound=Callable[..., Any])
EVERY = 30.0
"""Seconds between two lines on how far it is, where nobody watches a terminal."""

OPTIONS = (
    click.option("--name", help="A name for the job."),
    click.option("--again", is_flag=True, help="Pay once more for what another job asks already."),
    click.option("--resume", "word", metavar="JOB", help="Go on with a job; so does the same command again."),
    click.option("--as-begun", is_flag=True, help="Go on although items or template have changed since."),
    click.option("--same-workspace", is_flag=True, help="The key is another, and belongs to the same workspace."),
    click.option("--dry-run", is_flag=True, help="Show what would be sent, tokens and cost; nothing is sent."),
    click.option("--json", "as_json", is_flag=True, help="Print facts as JSON."),
)

Write = Callable[[Order, Path], Draft]
Work = Callable[[Job, Client, Order | None, "Watch"], BatchpackError | None]


def direct_options(function: F) -> F:
    """Give a command the options of direct requests."""
    for option in reversed(OPTIONS):
        function = option(function)
    return order_options(estimate_options(function))


@dataclass
class Watch:
    """Shows how far a run is: the same line anew on a terminal, else one now and then."""

    tell: Callable[[str], None]
    progress: Progress | None = None
    told: float = 0.0

    def __call__(self, progress: Progress) -> None:
        """Look at a run."""
        self.progress = progress
        if not is_terminal() and time.monotonic() - max(self.told, progress.started) >= EVERY:
            self.told = time.monotonic()
            self.tell(self.line())

    def line(self) -> str:
        """Say how far it is; the time that is left goes by what this run has finished."""
        if self.progress is None:
            return ""
        found = self.progress
        failed = f", {found.failed:,} failed" if found.failed else ""
        left = found.seconds_left()
        rest = (
            f", about {duration(timedelta(seconds=left))} left" if left is not None and found.done < found.total else ""
        )
        return f"{found.done:,} of {found.total:,} done{failed}{rest}"


@dataclass
class Mode:
    """A way to send directly: its name, how its requests are written, how they are sent, and in what words."""

    name: str
    write: Write
    work: Work
    words: str


def stream_mode(most: int, patience: float) -> Mode:
    """Return the way of `stream`: several requests at a time."""

    def work(job: Job, client: Client, _: Order | None, watch: Watch) -> Paused | None:
        return direct.run(job, client, most=most, patience=patience, watch=watch, tell=watch.tell)

    return Mode("stream", begin.write, work, f"at most {most} at a time")


def ask_again(app: App, job: Job, change: Change, wanted: Callable[[str], bool], given: dict[str, Any]) -> int:
    """Send once more what was paid for and is wanted changed; what is free is open in such a job anyway."""
    provider = app.provider(job.facts.provider)
    client = provider.connect()
    check_account(job, client, same_workspace=given["same_workspace"])
    with job.locked():
        if change:
            retry.begin(job, provider.LIMITS, lambda kind: _paid(kind) and wanted(kind), change, given["rounds"])
        return _work(job, stream_mode(CONCURRENCY, PATIENCE), client, None, {**given, "table": given["prices"]})


def _paid(kind: str) -> bool:
    """Tell whether a kind was paid for."""
    return outcomes.remedy(kind) == "paid"


def run(app: App, mode: Mode, given: dict[str, Any]) -> int:
    """Begin a job or go on with one, send what has no answer yet, and say what came of it."""
    project = app.project(given["project"])
    if given["word"]:
        return _go_on(app, mode, jobs.find(given["word"], project), given)
    order = make_order(app, given, canary=False, mode=mode.name)
    if given["dry_run"]:
        return _show(order, mode, given)
    client = order.provider.connect()
    fresh = given["again"] or order.source.words == (items.STDIN,)
    known = None if fresh else begin.existing(order, project, given["name"])
    if known is None:
        return _begin(order, mode, client, project, given)
    if known.state().done is not None and not known.state().paused and _complete(known):
        said = f"job {known.id} has sent all of this; its answers: {known.answers}"
        raise BatchpackError(said, "to pay for all of it anew, add --again")
    warn(f"going on with job {known.id}, which asks the same")
    return _go_on(app, mode, known, given)


def _complete(job: Job) -> bool:
    """Tell whether nothing of a job would be sent again."""
    return not direct.opened(job)


def _begin(order: Order, mode: Mode, client: Client, project: Path, given: dict[str, Any]) -> int:
    """Write, check, estimate, register and send."""
    tell = warn if given["as_json"] else say
    with begin.opened(project, given["name"]) as folder:
        take_stdin(order, folder)
        draft = mode.write(order, folder)
        doubt = begin.try_out(client, draft)
        if doubt:
            warn(doubt)
        guess = guessed(order, draft, client, given)
        estimates.check_budget(guess, budget_of(given))
        job = begin.register(order, draft, client, again=given["again"])
        tell("\n".join([f"Job {job.id}: {draft.requests:,} requests, {mode.words}", *cost_lines(guess)]))
        return _work(job, mode, client, order, given)


def _go_on(app: App, mode: Mode, job: Job, given: dict[str, Any]) -> int:
    """Send what a job lacks; changed items, another key and another address are refused."""
    if job.facts.mode != mode.name:
        raise UsageError(f"job {job.id} was begun as {job.facts.mode}", f"go on with it: batchpack messages {job.way}")
    if not given["as_begun"]:
        resume.check(job)
    client = app.provider(job.facts.provider).connect()
    check_account(job, client, same_workspace=given["same_workspace"])
    with job.locked():
        return _work(job, mode, client, None, given)


def _work(job: Job, mode: Mode, client: Client, order: Order | None, given: dict[str, Any]) -> int:
    """Send with a view on how far it is, then close the job; the caller holds it."""
    watch = Watch(warn if given["as_json"] else say)
    try:
        with watched(watch.line):
            stopped = mode.work(job, client, order, watch)
    except KeyboardInterrupt:
        closing.close(job, prices_of(given["table"]))
        _tell_interrupted(job, watch)
        raise
    closed = closing.close(job, prices_of(given["table"]))
    count = doubtful(closed.state.events)
    code = tell_end(job, closed, as_json=given["as_json"])
    _tell_doubts(count)
    if stopped is not None and not isinstance(stopped, Paused):
        raise _with_way(job, stopped)
    return code


def _with_way(job: Job, stopped: BatchpackError) -> BatchpackError:
    """Return what stopped a job with the command that goes on."""
    return BatchpackError(stopped.message, f"{stopped.hint}; then run: batchpack messages {job.way}")


def _tell_doubts(count: int) -> None:
    """Say what may have been paid without an answer: a direct request cannot be looked for as a batch can."""
    if count:
        one = "1 request was" if count == 1 else f"{count:,} requests were"
        warn(
            f"unknown: {one} sent whose answer never arrived; each may have been paid, and again when it was sent anew"
        )


def _tell_interrupted(job: Job, watch: Watch) -> None:
    """Say what is there, what may go on being billed, and how to go on."""
    warn(f"\n{watch.line() or 'nothing was sent'}")
    _tell_doubts(doubtful(job.state().events))
    warn(f"  go on: batchpack messages {job.way}")


def _show(order: Order, mode: Mode, given: dict[str, Any]) -> int:
    """Do all but sending, in a folder that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="batchpack-") as name:
        take_stdin(order, Path(name))
        draft = mode.write(order, Path(name))
    guess = guessed(order, draft, connected(order), given)
    if given["as_json"]:
        say_json({"dry_run": True, "requests": draft.requests, "estimate": guess.to_json()})
    else:
        lines = [f"Nothing is sent. It would be {draft.requests:,} requests, {mode.words}:", *cost_lines(guess)]
        say("\n".join(lines))
    estimates.check_budget(guess, budget_of(given))
    return 0
