"""`batchpack tasks show`: what was understood of a task."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from batchpack.app import App
from batchpack.commands.tasks import _reading
from batchpack.errors import UnknownName
from batchpack.output import say, say_json
from batchpack.tasks.values import one_line
from batchpack.workplan import codec, graph
from batchpack.workplan.complaints import BadPlan, Complaint
from batchpack.workplan.digest import task_hash
from batchpack.workplan.values import WorkPlan, WorkTask

LISTS = {
    "depends_on": "waits for", "deliverables": "hands in", "scope": "may change", "verify": "verified by",
    "needs": "needs",
}  # fmt: skip
WORDS = ("layer", "agent", "executor", "model")


@click.command(short_help="Show what was understood of a task.")
@click.argument("task")
@_reading.plan_options
@click.pass_obj
def command(app: App, task: str, path: Path | None, source: str | None, as_json: bool) -> int:
    """Show what was understood of a task, and what of it only the agent is told; 1 if it cannot be run."""
    plan, complaints = _reading.understand(app, path, source)
    found = next((one for one in plan.tasks if one.id == task), None)
    if found is None and complaints:
        raise BadPlan(plan.name, complaints, plan)
    if found is None:
        raise UnknownName("task", task, [one_line(one.id) for one in plan.tasks[:50]])
    own = [one for one in complaints if _concerns(one, found)]
    if as_json:
        followers = sorted(graph.dependants(plan)[task])
        say_json({**codec.task_to_json(found), "hash": task_hash(found), "dependants": followers, "complaints": own})
    else:
        say("\n".join(_lines(found, plan, own)))
    return 1 if own else 0


def _concerns(complaint: Complaint, task: WorkTask) -> bool:
    """Tell whether a complaint is about a task."""
    return complaint.text.startswith(f"task {task.id}: ")


def _lines(task: WorkTask, plan: WorkPlan, complaints: list[Complaint]) -> Iterator[str]:
    """Yield what was understood, for a person."""
    yield f"{one_line(task.id)}  {one_line(task.title)}"
    yield _row("read from", task.where)
    yield from (_row(name, one_line(getattr(task, name))) for name in WORDS if getattr(task, name))
    for name, heading in LISTS.items():
        yield from (
            _row(heading if not place else "", one) for place, one in enumerate(map(one_line, getattr(task, name)))
        )
    if not task.verify:
        yield _row("verified by", _trust(task, plan))
    if not task.allowed:
        yield _row("may change", "anything in its worktree")
    yield _row("time", f"{task.timeout:g} s an attempt, at most {task.attempts} attempts")
    waiting = graph.dependants(plan)[task.id]
    if waiting:
        yield _row("awaited by", ", ".join(sorted(map(one_line, waiting))))
    yield from _further(task, complaints)


def _trust(task: WorkTask, plan: WorkPlan) -> str:
    """Say what decides on a task that has no lines of its own for it."""
    own = "its own exit code" if task.command else "nothing but its files and its word"
    return f"{own}, then the gate of the plan" if plan.gate else own


def _further(task: WorkTask, complaints: list[Complaint]) -> Iterator[str]:
    """Yield what is to be mended, what was not understood, and what is done."""
    for heading, entries in (
        ("To be mended", [one.text for one in complaints]),
        ("Told to the agent only", task.unread),
    ):
        if entries:
            yield ""
            yield f"{heading}:"
            yield from (f"  - {one_line(entry)}" for entry in entries)
    yield ""
    yield "Command:" if task.command else "Prompt:"
    yield from (f"  {one_line(line)}".rstrip() for line in (task.command or task.prompt).splitlines())


def _row(heading: str, text: str) -> str:
    """Return a line with a heading."""
    return f"  {heading:<12} {text}"
