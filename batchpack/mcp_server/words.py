"""What the tools take and give: words for states, and tasks cut to what fits into a model's context."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from batchpack.queue.values import Status, Task

Word = Literal["pending", "claimed", "done", "failed", "skipped", "dead", "active", "in_progress"]
SAME: dict[str, Status] = {"active": "pending", "in_progress": "claimed"}
"""Words of other task lists that are taken for the queue's own."""

BODY_SHOWN = 20_000
"""Characters of a task's body that one answer holds."""


def status_of(word: Word) -> Status:
    """Return the queue's word for a state."""
    return SAME.get(word) or word  # type: ignore[return-value]


def whole(task: Task, body_from: int = 0) -> dict[str, Any]:
    """Return a task with a part of its body; `body_rest` counts the characters behind that part."""
    body_from = max(0, body_from)
    end = body_from + BODY_SHOWN
    rest = len(task.body) - end
    return {**task.to_json(), "body": task.body[body_from:end], **({"body_rest": rest} if rest > 0 else {})}


def brief(task: Task) -> dict[str, Any]:
    """Return what a list tells of a task."""
    facts = task.to_json()
    names = ("id", "kind", "title", "status", "assignee", "attempts", "lease_until", "error", "version")
    return {name: facts[name] for name in names if facts[name] not in (None, "")}


def listed(item: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a list tells of an item."""
    return {name: value for name, value in item.items() if value not in (None, "") and name != "sha256"}


def shortened(item: Mapping[str, Any]) -> dict[str, Any]:
    """Return an item whose long texts are cut, each with how much is left out."""
    return {**item, "fields": {name: _cut(value) for name, value in item["fields"].items()}}


def _cut(value: Any) -> Any:
    """Cut a long text."""
    if not isinstance(value, str) or len(value) <= BODY_SHOWN:
        return value
    return f"{value[:BODY_SHOWN]} … ({len(value) - BODY_SHOWN:,} characters more: batchpack items show)"
