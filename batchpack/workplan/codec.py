"""Plans as JSON and back; what comes back is checked, since the file lies where agents can reach it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from batchpack.workplan.digest import plan_hash
from batchpack.workplan.values import WorkPlan, WorkTask

SCHEMA = 1
NEEDED = frozenset({"id", "title"})


def to_json(plan: WorkPlan) -> dict[str, Any]:
    """Return a plan as plain JSON values, with the schema and the hash of its content first."""
    facts = {field.name: _plain(getattr(plan, field.name)) for field in fields(plan) if field.name != "tasks"}
    return {"schema": SCHEMA, "hash": plan_hash(plan), **facts, "tasks": [task_to_json(task) for task in plan.tasks]}


def task_to_json(task: WorkTask) -> dict[str, Any]:
    """Return a task as plain JSON values, without what is as usual."""
    found = {name: getattr(task, name) for name in _TASK}
    return {name: _plain(value) for name, value in found.items() if name in NEEDED or value != _TASK[name]}


def _plain(value: Any) -> Any:
    """Return tuples as lists, paths as text and mappings as dicts."""
    if isinstance(value, tuple):
        return list(value)
    if isinstance(value, Path):
        return str(value)
    return dict(value) if isinstance(value, Mapping) else value


def from_json(facts: Mapping[str, Any]) -> WorkPlan:
    """Read what `to_json` made; raises ValueError where a type, a name or the hash is off."""
    if not isinstance(facts, Mapping) or facts.get("schema") != SCHEMA or not isinstance(facts.get("tasks"), list):
        raise ValueError("it is no plan of this version")
    given = {name: value for name, value in facts.items() if name not in {"schema", "hash", "tasks", "path"}}
    path = facts.get("path")
    tasks = tuple(task_from_json(task) for task in facts["tasks"])
    plan = WorkPlan(tasks=tasks, path=None if path is None else Path(str(path)), **_read(given, _PLAN))
    if facts.get("hash") != plan_hash(plan):
        raise ValueError("its content and its hash differ")
    return plan


def task_from_json(facts: Mapping[str, Any]) -> WorkTask:
    """Read what `task_to_json` made; raises ValueError where a type or a name is off."""
    if not isinstance(facts, Mapping) or not set(facts) >= NEEDED:
        raise ValueError("a task has an id and a title")
    return WorkTask(**_read(facts, _TASK))


def _read(facts: Mapping[str, Any], sample: Mapping[str, Any]) -> dict[str, Any]:
    """Return values whose types are those of a sample of each."""
    found: dict[str, Any] = {}
    for name, value in facts.items():
        if name not in sample:
            raise ValueError(f"unknown name {str(name)[:80]!r}")
        found[name] = _typed(name, value, sample[name])
    return found


def _typed(name: str, value: Any, sample: Any) -> Any:
    """Return a value as the type of a sample; raises ValueError."""
    if isinstance(sample, float) and type(value) in {int, float} and math.isfinite(value):
        return float(value)
    if isinstance(sample, tuple) and isinstance(value, list) and all(isinstance(item, str) for item in value):
        return tuple(value)
    if isinstance(sample, dict) and isinstance(value, dict) and all(type(item) is int for item in value.values()):
        return value
    if type(value) is type(sample) and not isinstance(value, list | dict | tuple | float):
        return value
    raise ValueError(f"{name} has a value of another type")


def _samples(thing: WorkTask | WorkPlan) -> dict[str, Any]:
    """Return the names of a value's parts, each with what it is as usual."""
    return {field.name: getattr(thing, field.name) for field in fields(thing)}


_TASK = _samples(WorkTask(id="", title=""))
_PLAN = {name: value for name, value in _samples(WorkPlan("", ())).items() if name not in {"tasks", "path"}}
