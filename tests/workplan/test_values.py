"""The model of a task and a plan."""

from __future__ import annotations

import pytest

from batchpack.workplan.values import WorkPlan, WorkTask


def test_what_may_change_is_the_scope_with_the_deliverables() -> None:
    """A task with a scope may also write its deliverables; without one only those; with neither anything."""
    both = WorkTask("a", "A", deliverables=("x.py",), scope=("src/*",))

    assert ("src/*", "x.py") == both.allowed
    assert ("x.py",) == WorkTask("a", "A", deliverables=("x.py",)).allowed
    assert () == WorkTask("a", "A").allowed


def test_a_task_is_found_by_its_id() -> None:
    """A plan gives a task by id and raises KeyError for another."""
    plan = WorkPlan("p", (WorkTask("a", "A"),))

    assert "A" == plan.task("a").title
    with pytest.raises(KeyError):
        plan.task("b")
