"""Features and subtasks as plain facts for `--json`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from batchpack.errors import BrokenFile
from batchpack.tasks.texts import percent
from batchpack.tasks.values import STATUSES, Feature, Subtask


def subtask_facts(feature: Feature, subtask: Subtask, completed: frozenset[str] | None = None) -> dict[str, Any]:
    """Say a subtask; `waiting` are its dependencies that are not completed."""
    done = feature.completed if completed is None else completed
    return {
        "feature": feature.name,
        "seq": subtask.seq,
        "title": subtask.title,
        "status": subtask.status,
        "parallel": subtask.parallel,
        "depends_on": list(subtask.depends_on),
        "waiting": list(subtask.waiting(done)),
        "deliverables": list(subtask.deliverables),
        "agent_id": subtask.data.get("agent_id"),
        "completion_summary": subtask.data.get("completion_summary"),
        "blocked_reason": subtask.data.get("blocked_reason"),
        "file": str(feature.folder / subtask.file),
    }


def feature_facts(feature: Feature, *, listed: bool = False) -> dict[str, Any]:
    """Say a feature with its counts; `listed` adds its subtasks."""
    done = feature.count("completed")
    facts: dict[str, Any] = {
        "feature": feature.name,
        "name": feature.title,
        "status": None if feature.task is None else feature.task.get("status"),
        "progress": percent(done, feature.present),
        "completed": done,
        "total": feature.present,
        "counts": {status: feature.count(status) for status in STATUSES},
    }
    completed = feature.completed
    return facts | ({"subtasks": [subtask_facts(feature, s, completed) for s in feature.subtasks]} if listed else {})


def problem_facts(problems: Iterable[BrokenFile]) -> list[dict[str, Any]]:
    """Say the files that could not be read."""
    return [{"file": str(p.path), "line": p.line, "column": p.column, "reason": p.reason} for p in problems]
