"""`batchpack resume`: go on with a run that stopped."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from batchpack.app import App
from batchpack.output import say, say_json, warn
from batchpack.runs import budget as words
from batchpack.runs import following, resume, synthesis
from batchpack.runs.resume import Resumed
from batchpack.runs.store import Run, find


@click.command(short_help="Go on with a run that stopped.")
@click.argument("run", required=False)
@click.option("--retry-failed", is_flag=True, help="Try again what failed and what was skipped for it.")
@click.option("--as-begun", is_flag=True, help="Go on with the plan as it was, though its file changed since.")
@click.option("--budget", multiple=True, metavar="UNIT=LIMIT", help="A limit in the place of the one it began with.")
@click.option("--project", type=click.Path(file_okay=False, path_type=Path), help="The project's folder.")
@click.option("--json", "as_json", is_flag=True, help="Print facts as JSON.")
@click.pass_obj
def command(
    app: App,
    run: str | None,
    retry_failed: bool,
    as_begun: bool,
    budget: tuple[str, ...],
    project: Path | None,
    as_json: bool,
) -> None:
    """Go on with a run (by default this project's newest unfinished one).

    A run of a host is taken over, and what to do next is said. A run of `batchpack run` is driven to its end: what is
    done is not done again, and agents that still run are waited for.
    """
    from batchpack.execution import facts
    from batchpack.execution import store as work

    folder = app.project(project)
    path = find(run, folder).folder if run else work.newest_unfinished(folder, retry_failed=retry_failed)
    if facts.is_work(path):
        from batchpack.attempts.budget import limits
        from batchpack.execution import console

        known = work.WorkRun(path)
        console.go_on(app, known, as_begun=as_begun, again=retry_failed, budget=limits(budget), as_json=as_json)
        return
    found = Run(path)
    resumed = resume.resume(found, app.content_roots, retry_failed=retry_failed)
    for line in resumed.state.torn:
        warn(f"line {line} of {found.journal} was cut off by a crash and is passed over")
    if as_json:
        say_json(_facts(found, resumed))
    else:
        next_lines = following.lines(found, resumed.state, resumed.call, app.host)
        say(words.spend(found, [*_told(found, resumed), *next_lines]))


def _told(run: Run, resumed: Resumed) -> list[str]:
    """Say where the run stands."""
    state = resumed.state
    lines = [f"Run {run.short}: {synthesis.counted(state.counts())}."]
    if resumed.accepted:
        lines.append(f"Late results count now: {', '.join(resumed.accepted)}.")
    if state.complete():
        lines.append(f"It is finished; read {run.shown(run.synthesis, Path.cwd())}.")
        if state.counts().done < state.counts().tasks:
            lines.append(f"What failed can be tried again with `{synthesis.again(run, state)}`.")
    return lines


def _facts(run: Run, resumed: Resumed) -> dict[str, object]:
    """Return what a program wants to know."""
    state = resumed.state
    return {
        "run": run.id,
        "fence": state.fence,
        "counts": asdict(state.counts()),
        "accepted": resumed.accepted,
        "call": [{"task": job.task.name, "attempt": job.attempt, "prompt": run.prompt(job.task.name)}
                 for job in resumed.call],
        "next": following.command_words(run, state),
    }  # fmt: skip
