"""`batchpack batch`: start and finish the batches of a run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from batchpack import places
from batchpack.app import App
from batchpack.host import session_here
from batchpack.output import say, say_json
from batchpack.runs import batches, budget, closing, following, synthesis, wording
from batchpack.runs.batches import Standing
from batchpack.runs.report import status
from batchpack.runs.state import Task
from batchpack.runs.store import Run, find

AnyCommand = Callable[..., Any]


@click.group
def command() -> None:
    """Start and finish the batches of a run."""


def _shared(function: AnyCommand) -> AnyCommand:
    """Add what both commands take."""
    for decorate in (
        click.option("--json", "as_json", is_flag=True, help="Print facts as JSON."),
        click.option("--project", type=click.Path(file_okay=False, path_type=Path), help="The project's folder."),
        click.option("--fence", type=int, default=1, help="The number given when the run was taken over."),
        click.argument("number", type=int),
        click.argument("run"),
    ):
        function = decorate(function)
    return function


@command.command(short_help="Start a batch and print the calls to make.")
@_shared
@click.pass_obj
def start(app: App, run: str, number: int, fence: int, project: Path | None, as_json: bool) -> None:
    """Start a batch: writes each agent's prompt and prints the calls to make."""
    found = find(run, app.project(project))
    standing = batches.start(found, number, fence, app.content_roots)
    _tell(app, found, standing, [], as_json)


@command.command(short_help="Finish a batch, or say what is missing.")
@_shared
@click.option("--final", is_flag=True, help="The second tries are over: what is still missing has failed.")
@click.option(
    "--wait",
    "seconds",
    type=click.FloatRange(0, 3600),
    default=100.0,
    show_default=True,
    help="How long to wait for agents that the session has at work in the background.",
)
@click.option("--anyway", is_flag=True, help="Do not wait: agents that did not say their end were stopped.")
@click.option(
    "--next", "go_on", is_flag=True, help="Go on at once: start the next batch, or synthesize after the last."
)
@click.pass_context
def finish(
    ctx: click.Context, /, run: str, number: int, fence: int, project: Path | None, as_json: bool, **flags: Any
) -> None:
    """Finish a batch: writes its results, or says which agents to call again (exit code 1).

    Agents that an open session has at work in the background are waited for; after a while it says who still works.
    """
    app: App = ctx.obj
    found = find(run, app.project(project))
    busy = [] if flags["anyway"] else _awaited(app, found, number, flags["seconds"])
    if busy:
        _tell_busy(found, busy, as_json)
        ctx.exit(1)
    finished = batches.finish(found, number, fence, app.content_roots, final=flags["final"])
    standing = _go_on(app, found, finished, fence) if flags["go_on"] else finished
    last = standing.state.synthesized and flags["go_on"]
    said = [*_outcomes(finished), *(closing.told(found, standing.state) if last else ())]
    _tell(app, found, standing, said, as_json)
    counts = standing.state.counts()
    ctx.exit(1 if finished.call or (last and counts.done < counts.tasks) else 0)


def _awaited(app: App, run: Run, number: int, seconds: float) -> list[str]:
    """Wait for agents of an open batch that this session has in the background; returns those that go on working."""
    state = run.state()
    batch = state.batches.get(number)
    if run.facts.host is None or batch is None or batch.state != "open":
        return []
    host = app.host(run.facts.host)
    session, begun = session_here(host), datetime.fromisoformat(batch.started_at).timestamp()
    if not session:
        return []
    from batchpack.metrics import awaiting

    def look() -> list[str]:
        """Name who is at work on what is missing."""
        missing = [job.task.name for job in batches.waiting_jobs(run.state(), batch)]
        names = host.agent_names(missing, run.facts.tree, places.home()).values() if missing else ()
        return awaiting.at_work(host.NAME, session, set(names), begun) if missing else []

    return awaiting.wait(look, seconds)


def _tell_busy(run: Run, busy: list[str], as_json: bool) -> None:
    """Say who still works, and how to go on."""
    state = run.state()
    following_words = following.command_words(run, state)
    if as_json:
        say_json({"run": run.id, "at_work": busy, "next": following_words})
        return
    say(f"Still at work: {wording.cut(', '.join(busy), 200)}. Nothing was changed.")
    say("\n".join(wording.step("To wait on,", *following_words)))
    say("Were they stopped? Add --anyway.")


def _go_on(app: App, run: Run, finished: Standing, fence: int) -> Standing:
    """Start the batch after a finished one, or close the run: an orchestrator needs one command after each batch."""
    after = finished.state.next_batch()
    if finished.call or (after and after.state != "planned"):
        return finished
    if after is None:
        return replace(finished, state=synthesis.write(run, fence, partial=False))
    return batches.start(run, after.number, fence, app.content_roots)


def _tell(app: App, run: Run, standing: Standing, said: list[str], as_json: bool) -> None:
    """Print where the batch stands and what comes next."""
    following_lines = following.lines(run, standing.state, standing.call, app.host)
    if as_json:
        say_json(_facts(run, standing))
    else:
        say(budget.spend(run, [*said, *following_lines]))


def _facts(run: Run, standing: Standing) -> dict[str, Any]:
    """Return what a program wants to know."""
    state = standing.state
    return {
        "run": run.id,
        "batch": standing.batch.number,
        "state": state.batches[standing.batch.number].state,
        "tasks": [{"task": task.name, "state": task.state} for task in state.of(standing.batch)],
        "call": [{"task": job.task.name, "attempt": job.attempt, "prompt": run.prompt(job.task.name)}
                 for job in standing.call],
        "next": following.command_words(run, state),
    }  # fmt: skip


def _outcomes(standing: Standing) -> list[str]:
    """Say how many tasks are plainly done, and of each other task in a short line what came of it."""
    tasks = standing.state.of(standing.batch)
    wrong = {job.task.name: job.wrong or "has handed in nothing yet" for job in standing.call}
    plain = [task for task in tasks if status(task) == "DONE"]
    lines = [f"{len(plain)} done."] if plain else []
    lines += [_outcome(task, wrong.get(task.name, "")) for task in tasks if task not in plain]
    if tasks and all(task.state == "failed" for task in tasks):
        lines.append(f"All of batch {standing.batch.number} failed: tell the user when the run ends.")
    return lines


def _outcome(task: Task, wrong: str) -> str:
    """Say what came of one task."""
    if wrong:
        return f"{task.name} once more: it {wording.cut(wrong, 60)}"
    return f"{task.name} {status(task)}" + (f", {wording.cut(task.reason, 60)}" if task.reason else "")
