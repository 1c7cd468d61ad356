"""What a plan says, as a hash, and what differs between two plans, in words."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import fields
from typing import Any

from batchpack.workplan.values import WorkPlan, WorkTask

NO_CONTENT = frozenset({"where", "unread", "name", "kind", "path", "tasks"})
"""Where a plan came from and what it is called; the same work from another file is the same plan."""
UNORDERED = frozenset({"depends_on", "deliverables", "scope", "needs", "include"})
SHORT = 60
"""The longest value in characters that is told as it was and as it is."""


def plan_hash(plan: WorkPlan) -> str:
    """Return the SHA-256 of all that a run of the plan would do, whatever the order of its tasks in the file."""
    tasks = sorted((task.id, task_hash(task)) for task in plan.tasks)
    return _digest({"tasks": tasks, **_said(plan, _PLAN)})


def task_hash(task: WorkTask) -> str:
    """Return the SHA-256 of all that an attempt at the task depends on."""
    return _digest(_said(task, _TASK))


def differences(old: WorkPlan, new: WorkPlan) -> list[str]:
    """Say what differs from one plan to another, a line for each task and for each setting of the whole plan."""
    return [*_settings(old, new), *_tasks(old, new)]


def _settings(old: WorkPlan, new: WorkPlan) -> Iterator[str]:
    """Say which settings of the whole plan differ."""
    for said in _changed(_content(old), _content(new)):
        yield f"the plan: {said}"


def _tasks(old: WorkPlan, new: WorkPlan) -> Iterator[str]:
    """Say which tasks are new, gone or other than they were."""
    before, now = ({task.id: task for task in plan.tasks} for plan in (old, new))
    yield from (f"{name}: is no longer in the plan" for name in before if name not in now)
    yield from (f"{name}: is new" for name in now if name not in before)
    for name, task in now.items():
        if name in before and task_hash(task) != task_hash(before[name]):
            yield f"{name}: {', '.join(_changed(_content(before[name]), _content(task)))}"


def _changed(before: dict[str, Any], now: dict[str, Any]) -> Iterator[str]:
    """Say each value that differs, with both values where they are short."""
    for name, value in now.items():
        if before[name] != value:
            told = [_told(before[name]), _told(value)]
            short = all(len(text) <= SHORT for text in told)
            yield f"{name} was {told[0]}, is {told[1]}" if short else f"{name} has changed"


def _told(value: Any) -> str:
    """Return a value for a reader."""
    if isinstance(value, list):
        return " + ".join(map(_told, value)) or "nothing"
    if isinstance(value, dict):
        return " + ".join(f"{name} {count}" for name, count in value.items()) or "nothing"
    return f"{value:g}" if isinstance(value, float) else repr(value) if isinstance(value, str) else str(value)


def _content(thing: WorkPlan | WorkTask) -> dict[str, Any]:
    """Return what a plan or a task says as plain values."""
    named = {field.name: getattr(thing, field.name) for field in fields(thing) if field.name not in NO_CONTENT}
    return {name: _plain(name, value) for name, value in named.items()}


def _said(thing: WorkPlan | WorkTask, usual: dict[str, Any]) -> dict[str, Any]:
    """Return what is not as usual: a setting that a later version adds leaves the hashes of older plans alone."""
    return {name: value for name, value in _content(thing).items() if value != usual[name]}


def _plain(name: str, value: Any) -> Any:
    """Return a value of JSON: what has no order sorted."""
    if isinstance(value, tuple):
        return sorted(value) if name in UNORDERED else list(value)
    return dict(value) if name == "pools" else value


def _digest(value: object) -> str:
    """Return the SHA-256 of a value's canonical JSON."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


_TASK, _PLAN = _content(WorkTask(id="", title="")), _content(WorkPlan("", ()))
