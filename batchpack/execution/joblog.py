"""`joblog.tsv` of a run of work: the attempts that were judged, in GNU parallel's columns."""

from __future__ import annotations

from collections.abc import Iterable

from batchpack.execution.journal import Event
from batchpack.execution.state import seconds
from batchpack.runs.joblog import COLUMNS, HERE
from batchpack.workplan.values import WorkPlan


def text(plan: WorkPlan, events: Iterable[Event]) -> str:
    """Return the log: a row an attempt in the order of their ends, `Seq` is the task's number in the plan."""
    lines = ["\t".join(COLUMNS), *("\t".join(row) for row in rows(plan, events))]
    return "\n".join(lines) + "\n"


def rows(plan: WorkPlan, events: Iterable[Event]) -> list[tuple[str, ...]]:
    """Return a row an attempt."""
    order = {task.id: number for number, task in enumerate(plan.tasks, 1)}
    commands = {task.id: task.command for task in plan.tasks}
    started: dict[tuple[str, int], Event] = {}
    found = []
    for event in events:
        key = (event.task, event.attempt)
        if event.name == "attempt_started":
            started[key] = event
        elif event.name == "judged" and key in started and event.task in order:
            command = commands[event.task] or f"{event.task} attempt {event.attempt}"
            found.append((str(order[event.task]), *_row(started[key], event, command)))
    return found


def _row(start: Event, end: Event, command: str) -> tuple[str, ...]:
    """Return all columns but the first; a failed check counts as 1 where the program itself ended well."""
    facts = end.facts
    code = facts.get("code")
    value = 1 if code in {0, None} and facts["verdict"] != "verified" else code or 0
    took = facts.get("seconds")
    runtime = seconds(end.at) - seconds(start.at) if took is None else took
    exit_value, signal = (value, 0) if value >= 0 else (0, -value)
    line = " ".join(command.split())
    return (
        HERE,
        f"{seconds(start.at):.3f}",
        f"{runtime:.3f}",
        "0",
        str(facts.get("bytes", 0)),
        str(exit_value),
        str(signal),
        line,
    )
