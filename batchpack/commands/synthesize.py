"""`batchpack synthesize`: close a run and write what came of it."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from batchpack.app import App
from batchpack.output import say, say_json
from batchpack.runs import budget, synthesis
from batchpack.runs.state import State
from batchpack.runs.store import Run, find

READ = "Answer the user from {}"


@click.command
@click.argument("run")
@click.option("--partial", is_flag=True, help="Write what there is so far, though batches are not finished.")
@click.option("--fence", type=int, default=1, help="The number given when the run was taken over.")
@click.option("--project", type=click.Path(file_okay=False, path_type=Path), help="The project's folder.")
@click.option("--json", "as_json", is_flag=True, help="Print facts as JSON.")
@click.pass_context
def command(ctx: click.Context, run: str, partial: bool, fence: int, project: Path | None, as_json: bool) -> None:
    """Write SYNTHESIS.md: every task and counts that add up; exit code 1 when something is not done."""
    app: App = ctx.obj
    found = find(run, app.project(project))
    state = synthesis.write(found, fence, partial=partial)
    if as_json:
        say_json({"run": found.id, "synthesis": found.synthesis, "counts": asdict(state.counts())})
    else:
        say(budget.spend(found, _told(found, state)))
    ctx.exit(0 if state.counts().done == state.counts().tasks else 1)


def _told(run: Run, state: State) -> list[str]:
    """Say how it ended, what came of each task as far as there is room, and where all of it lies."""
    undone = [task.name for task in state.tasks.values() if task.state != "done"]
    doubts = synthesis.concerns(state)
    lines = [f"All {len(state.tasks)} tasks are done{f', with concerns: {doubts}' if doubts else ''}."]
    if undone:
        lines = [f"{synthesis.counted(state.counts())}."]
        lines.append(f"Not done: {', '.join(undone)}. The user can go on with `{synthesis.again(run, state)}`.")
    path = run.shown(run.synthesis, Path.cwd())
    room = budget.left(run) - len("\n".join([*lines, READ.format(path)]).encode()) - 2
    brief = synthesis.brief(state, room)
    return [*lines, *brief, f"Details: {path}" if brief else READ.format(path)]
