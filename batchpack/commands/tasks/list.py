"""`batchpack tasks list`: the tasks of a plan by the layers in which they can run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from batchpack.app import App
from batchpack.commands.tasks import _reading
from batchpack.output import say, say_json, warn
from batchpack.tasks.values import one_line
from batchpack.workplan import codec, graph, remarks
from batchpack.workplan.values import WorkPlan, WorkTask


@click.command(short_help="List the tasks of a plan, by layers.")
@_reading.plan_options
@click.pass_obj
def command(app: App, path: Path | None, source: str | None, as_json: bool) -> int:
    """List the tasks of a plan by the layers in which they can run; exit code 1 if the plan cannot be run."""
    plan, complaints = _reading.understand(app, path, source)
    if as_json:
        facts = {"layers": graph.layers(plan), "critical_path": graph.critical_path(plan)}
        say_json({"plan": plan.name, "ok": not complaints, **facts, "tasks": [_facts(task) for task in plan.tasks]})
    else:
        say("\n".join(_lines(plan)))
    if complaints and not as_json:
        warn(f"{plan.name} cannot be run as it stands; see why: batchpack tasks check {plan.path or ''}".rstrip())
    return 1 if complaints else 0


def _facts(task: WorkTask) -> dict[str, object]:
    """Return a task without its prompt, which `tasks show` prints."""
    return {name: value for name, value in codec.task_to_json(task).items() if name != "prompt"}


def _lines(plan: WorkPlan) -> Iterator[str]:
    """Yield the lines of a list for a person."""
    by_id = {task.id: task for task in plan.tasks}
    width = max((len(one_line(name)) for name in by_id), default=0)
    yield f"{one_line(plan.name)}: {remarks.counted(plan)}"
    placed: set[str] = set()
    for number, names in enumerate(graph.layers(plan), 1):
        yield ""
        yield f"Layer {number}"
        yield from (_line(by_id[name], width) for name in names)
        placed |= set(names)
    stuck = [task for task in plan.tasks if task.id not in placed]
    if stuck:
        yield ""
        yield "Cannot start"
        yield from (_line(task, width) for task in stuck)
    chain = graph.critical_path(plan)
    if len(chain) > 1:
        yield ""
        yield f"Longest chain: {' -> '.join(chain)}"


def _line(task: WorkTask, width: int) -> str:
    """Return a task in one line."""
    after = f"  (after {', '.join(map(one_line, task.depends_on))})" if task.depends_on else ""
    return f"  {one_line(task.id):<{width}}  {one_line(task.title)}{after}"
