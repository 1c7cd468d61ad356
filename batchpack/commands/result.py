"""`batchpack result`: hand in a task's result, or look at it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from batchpack.app import App
from batchpack.errors import BatchpackError
from batchpack.output import say, say_json
from batchpack.runs import report as reports
from batchpack.runs import results
from batchpack.runs.results import Taken
from batchpack.runs.state import Task
from batchpack.runs.store import Run, find


@click.group
def command() -> None:
    """Hand in the result of a task, or look at those there are."""


@command.command
@click.argument("run")
@click.argument("task")
@click.option("--status", help="DONE, DONE_WITH_CONCERNS, NEEDS_CONTEXT or BLOCKED.")
@click.option("--summary", help="What came of it, in one line of at most 200 characters.")
@click.option("--file", help="The report: a file in the project, or - to read it from standard input.")
@click.option("--changed", multiple=True, help="A file that was changed, made or removed; once for each.")
@click.option("--no-change", default="", help="Why nothing had to be changed.")
@click.option("--evidence", multiple=True, help="A command that was run and what it showed; as often as you like.")
@click.option("--attempt", type=int, help="Which attempt this is the result of.")
@click.option("--project", type=click.Path(file_okay=False, path_type=Path), help="The project's folder.")
@click.option("--json", "as_json", is_flag=True, help="Print facts as JSON.")
@click.pass_obj
def put(
    app: App,
    /,
    run: str,
    task: str,
    file: str | None,
    attempt: int | None,
    project: Path | None,
    as_json: bool,
    **said: Any,
) -> None:
    """Hand in the result of a task; it counts when this says so."""
    from batchpack.runs import envelope

    found = find(run, app.project(project))
    results.check_task(found, task)
    checked = envelope.check(task, said)
    taken = results.put(found, task, checked, _report(found, file), attempt)
    if as_json:
        say_json({"run": found.id, "task": taken.task, "status": taken.status, "new": taken.new, "late": taken.late})
    else:
        say(_told(taken))


def _report(run: Run, file: str | None) -> bytes:
    """Read the report from where it is."""
    if file is None:
        raise BatchpackError("the report is missing", "give it on standard input with --file -, or as --file PATH")
    return results.read_report(sys.stdin.buffer) if file == "-" else results.open_report(run, file)


def _told(taken: Taken) -> str:
    """Say what became of a result."""
    what = f"{taken.task} {taken.status}"
    if taken.late:
        return f"Recorded as late: {what}. It does not count yet; `batchpack resume` takes it in."
    return f"{'Recorded' if taken.new else 'Already recorded'}: {what}. Now answer with this one line: {what}"


@command.command(short_help="Show what was handed in.")
@click.argument("run")
@click.argument("task", required=False)
@click.option("--project", type=click.Path(file_okay=False, path_type=Path), help="The project's folder.")
@click.option("--json", "as_json", is_flag=True, help="Print facts as JSON.")
@click.pass_obj
def show(app: App, run: str, task: str | None, project: Path | None, as_json: bool) -> None:
    """Show what is on record of a task, its report included, or of all tasks in a line each."""
    found = find(run, app.project(project))
    if task:
        results.check_task(found, task)
    state = found.state()
    tasks = results.listed(state, [task] if task else [])
    if as_json:
        say_json({"run": found.id, "tasks": [_facts(found, one) for one in tasks]})
    elif task:
        say("\n".join(reports.lines(found, tasks[0])))
        if found.report(task).exists():
            say("\n" + found.report(task).read_text(errors="replace"))
    else:
        say("\n".join(f"{one.name}: {reports.status(one)}" for one in tasks))


def _facts(run: Run, task: Task) -> dict[str, Any]:
    """Return what is on record of a task."""
    from dataclasses import asdict

    return {**asdict(task), "status": reports.status(task), "report": run.report(task.name) if task.result else None}
