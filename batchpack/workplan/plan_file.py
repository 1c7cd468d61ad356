"""`plan.yaml`: read with the line of every complaint; a JSON file of the same shape is one too."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from batchpack.errors import BrokenFile
from batchpack.files import read_text
from batchpack.workplan import checks, fields, located
from batchpack.workplan.complaints import Complaint, checked
from batchpack.workplan.located import Node
from batchpack.workplan.reading import Reader
from batchpack.workplan.values import WorkPlan, WorkTask

SIZE_LIMIT = 50_000_000
"""The largest plan file, in bytes."""


def read(path: Path) -> WorkPlan:
    """Read and check a plan file; raises BadPlan with all complaints, or BrokenFile for one that is no YAML."""
    return checked(path, understand(path))


def understand(path: Path) -> tuple[WorkPlan, list[Complaint]]:
    """Return what can be read of a plan file, and all that must be mended; raises BrokenFile for what is no YAML."""
    root = located.parse(_text(path), path)
    reader = Reader(path)
    top = reader.mapping(root, fields.ROOT, "a plan")
    settings = reader.values(top, fields.PLAN)
    defaults = _defaults(reader, top)
    name = settings.pop("name", path.stem)
    nodes = [node for node in _list_of_tasks(reader, root, top) if reader.is_mapping(node, "a task")]
    tasks = tuple(_task(reader, node, defaults) for node in nodes)
    plan = WorkPlan(name=name, tasks=tasks, kind="plan file", path=path, **settings)
    further = checks.complaints(plan) if tasks or not reader.complaints else []
    return plan, sorted([*reader.complaints, *further], key=_line)


def _line(complaint: Complaint) -> int:
    """Return the line of a complaint, 0 where it has none."""
    number = complaint.where.rpartition(":")[2]
    return int(number) if number.isdecimal() else 0


def _text(path: Path) -> str:
    """Return a file's text unless it is too large or no plain file."""
    try:
        size = os.stat(path).st_size  # noqa: PTH116 - the error is told below
    except OSError as error:
        raise BrokenFile(path, error.strerror or str(error)) from error
    if not path.is_file():
        raise BrokenFile(path, "it is no plain file")
    if size > SIZE_LIMIT:
        raise BrokenFile(path, f"it has {size / 1e6:,.0f} MB; a plan has at most {SIZE_LIMIT / 1e6:,.0f} MB")
    return read_text(path)


def _defaults(reader: Reader, top: Mapping[str, Node]) -> dict[str, Any]:
    """Read what holds for every task that does not say otherwise."""
    if "defaults" not in top or top["defaults"].is_nothing:
        return {}
    return reader.values(reader.mapping(top["defaults"], tuple(fields.DEFAULTS), "defaults"), fields.DEFAULTS)


def _list_of_tasks(reader: Reader, root: Node, top: Mapping[str, Node]) -> tuple[Node, ...]:
    """Return the tasks' nodes."""
    if "tasks" not in top:
        if root.kind == "mapping":
            reader.complain(root, "it has no tasks; they stand in a list under the key tasks")
        return ()
    if top["tasks"].kind != "list" and not top["tasks"].is_nothing:
        reader.complain(top["tasks"], "tasks must be a list, each task beginning with '- id:'")
    if len(top["tasks"].items) > checks.TASK_LIMIT:
        reader.complain(top["tasks"], f"there are more than {checks.TASK_LIMIT:,} tasks in it")
        return ()
    return top["tasks"].items


def _task(reader: Reader, node: Node, defaults: Mapping[str, Any]) -> WorkTask:
    """Read one task."""
    given = reader.values(reader.mapping(node, tuple(fields.TASK), "a task"), fields.TASK)
    name = given.pop("id", "")
    title = given.pop("title", name)
    return WorkTask(id=name, title=title, where=reader.where(node), **{**defaults, **given})
