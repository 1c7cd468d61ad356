"""`batchpack synthesize`: close a run and write what came of it."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from batchpack.app import App
from batchpack.output import say, say_json
from batchpack.runs import budget, closing, synthesis
from batchpack.runs.store import find


@click.command(short_help="Write SYNTHESIS.md: every task, and counts.")
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
        say(budget.spend(found, closing.told(found, state)))
    ctx.exit(0 if state.counts().done == state.counts().tasks else 1)
