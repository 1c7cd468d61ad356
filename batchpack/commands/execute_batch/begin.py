"""`batchpack execute-batch begin`: worktrees and prompts are made, and the calls printed."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import click

from batchpack.app import App
from batchpack.output import say, say_json


@click.command(short_help="Make worktrees and prompts, and print the calls to make.")
@click.option("--tasks-path", required=True, type=click.Path(exists=True, path_type=Path), help="The tasks' folder.")
@click.option("--task-ids", required=True, metavar="A,B", help="The tasks of the batch, with commas between them.")
@click.option("--project-path", type=click.Path(file_okay=False, path_type=Path), help="The project's folder.")
@click.option("--worktree-dir", type=click.Path(file_okay=False, path_type=Path), help="Where worktrees are made.")
@click.option("--batch-number", type=click.IntRange(1), default=1, help="The batch's number within its layer.")
@click.option("--layer", default="", help="The layer's name, for reports.")
@click.option("--max-parallel", type=click.IntRange(1, 64), default=8, help="The most calls in one message.")
@click.option("--shared-main-tree", is_flag=True, help="Others write in the main tree meanwhile: tell it, fail nobody.")
@click.option("--source", metavar="NAME", help="The format of the tasks, where it cannot be told by the look.")
@click.option("--host", metavar="NAME", help="The host whose words the calls are printed in.")
@click.option("--agent", default="", metavar="NAME", help="The host's own name of the agent for tasks that name none.")
@click.option("--json", "as_json", is_flag=True, help="Print facts as JSON.")
@click.pass_obj
def command(app: App, /, task_ids: str, as_json: bool, **given: Any) -> None:
    """Begin a batch: each task has a worktree and a prompt before any agent is started.

    Begun again, it goes on: what is verified is left out, an attempt that was begun is taken up, and a task that
    failed is tried again in its worktree, told what failed.
    """
    from batchpack.commands.execute_batch import _batch
    from batchpack.execution import hosted, hosting, standing

    project = app.project(given["project_path"])
    source = app.source(given["source"], given["tasks_path"])
    plan = replace(source.read(given["tasks_path"].resolve()), kind=source.NAME)
    names = _batch.names_of(task_ids, plan)
    folder = given["worktree_dir"].resolve() if given["worktree_dir"] else None
    run = hosted.run_of(plan, project, folder, shared=given["shared_main_tree"])
    hosting.merge_ready(run, names)
    with hosted.opened(app, run) as context:
        repo = hosted.repository_of(context)
        calls, told = hosting.begin(context, repo, names)
        state = context.state
    layer = given["layer"] or plan.task(names[0]).layer or plan.name
    standing.tell_batch(run, state, names, layer, given["batch_number"], ended=False)
    if as_json:
        facts = [asdict(one) for one in calls]
        say_json({"run": run.id, "batch": given["batch_number"], "layer": layer, "calls": facts, "told": told})
    else:
        shown = _batch.calls(app, run, calls, given["host"], given["agent"], given["max_parallel"])
        ends = _batch.ending(run, names, given["batch_number"], layer)
        say("\n".join([*told, *shown, *(_batch.handing_in(run, calls) if calls else ()), *ends]))
