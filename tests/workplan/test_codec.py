"""Plans as JSON and back."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from batchpack.workplan import codec
from batchpack.workplan.values import WorkPlan
from tests.workplan.build import chain, plan, plans, task


@given(plans())
def test_a_plan_comes_back_as_it_was(drawn: WorkPlan) -> None:
    """What was written as JSON text is read as an equal plan."""
    assert drawn == codec.from_json(json.loads(json.dumps(codec.to_json(drawn))))


def test_path_and_places_come_back() -> None:
    """Where a plan and its tasks came from is kept."""
    made = plan(task("a", where="p.yaml:3", unread=("x",)), path=Path("p.yaml"), kind="plan file")

    assert made == codec.from_json(codec.to_json(made))


def broken(change: dict[str, Any], task_change: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return a plan's JSON with some values replaced."""
    facts = {**codec.to_json(chain({"a": []})), **change}
    return {**facts, "tasks": [{**facts["tasks"][0], **task_change}]} if task_change else facts


@pytest.mark.parametrize(
    "facts",
    [
        [], {}, broken({"schema": 2}), broken({"tasks": 3}), broken({"tasks": [3]}), broken({"tasks": [{"id": "a"}]}),
        broken({"hash": "0" * 64}), broken({"gate": "true"}), broken({"gate": [1]}), broken({"pools": {"a": "x"}}),
        broken({"worktrees": 1}), broken({"more": 1}), broken({}, {"title": None}), broken({}, {"timeout": "1"}),
        broken({}, {"timeout": float("nan")}), broken({}, {"priority": True}), broken({}, {"command": "rm -r x"}),
        broken({}, {"verify": "true"}), broken({}, {"nope": 1}),
    ],
)  # fmt: skip
def test_what_was_changed_is_refused(facts: Any) -> None:
    """A plan of another shape, or one that somebody changed, is no plan."""
    with pytest.raises(ValueError, match=r"."):
        codec.from_json(facts)


def test_what_is_as_usual_is_left_out() -> None:
    """A task's JSON holds only what differs from what is usual, so that plans stay short."""
    assert {"id": "a", "title": "A", "command": "true"} == codec.task_to_json(task("a"))


def test_each_field_of_a_task_comes_back() -> None:
    """No field is forgotten: one that is not as usual survives."""
    full = replace(
        task("a", "b"), agent="x", executor="y", model="z", deliverables=("f",), scope=("s",), verify=("v",),
        needs=("n",), timeout=1.5, verify_timeout=2.0, priority=3, attempts=2, layer="l", flaky=True,
    )  # fmt: skip

    assert full == codec.task_from_json(codec.task_to_json(full))
