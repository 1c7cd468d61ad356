"""`batchpack execute-batch end`: every attempt is judged, and the batch's result printed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from batchpack.app import App
from batchpack.output import say, say_json, warn


@click.command(short_help="Verify what the agents did, and print the batch's result.")
@click.argument("run")
@click.option("--task-ids", required=True, metavar="A,B", help="The tasks of the batch, with commas between them.")
@click.option("--batch-number", type=click.IntRange(1), default=1, help="The batch's number within its layer.")
@click.option("--layer", default="", help="The layer's name, for reports.")
@click.option("--results", is_flag=True, help="Print a RESULT for each task instead of the summary.")
@click.option("--minimal", is_flag=True, help="Print a line instead of the summary.")
@click.option("--project", type=click.Path(file_okay=False, path_type=Path), help="The project's folder.")
@click.option("--json", "as_json", is_flag=True, help="Print facts as JSON.")
@click.pass_obj
def command(app: App, /, run: str, task_ids: str, **given: Any) -> int:
    """End a batch: commits, files, scope and verification are checked by the program, whatever agents said.

    Ended twice, nothing is done twice. Exit code 1 says that a task of it is not verified.
    """
    from batchpack.commands.execute_batch import _batch
    from batchpack.execution import hosted, hosting, show, standing

    found = hosted.find(app, run, given["project"])
    names = _batch.names_of(task_ids, found.plan)
    with hosted.opened(app, found) as context:
        hosting.end(context, hosted.repository_of(context), names)
        state = context.state
    layer = given["layer"] or found.plan.task(names[0]).layer or found.plan.name
    standing.tell_batch(found, state, names, layer, given["batch_number"], ended=True)
    result = show.batch_result(state, found.plan, layer=layer, number=given["batch_number"], names=names)
    if given["as_json"]:
        say_json({"run": found.id, **result})
    else:
        tries = {name: state.tasks[name].attempts for name in names}
        line = [show.status_line(result, tries, names)]
        results = (f"RESULT:\n{_batch.result(state.tasks[name])}" for name in names)
        shown = results if given["results"] else line if given["minimal"] else _batch.summary(result, state)
        say("\n".join(shown))
        for reason in _batch.reasons(state, names, found):
            warn(reason)
        if state.main_tree:
            warn(_batch.main_tree(state, strict=found.facts.options.strict))
        if not given["results"]:
            say(f"\n{show.batch_result_text(result)}")
    return 0 if len(result["verified"]) == len(names) else 1
