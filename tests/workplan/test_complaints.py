"""What is wrong with a plan, told at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from batchpack.workplan.complaints import BadPlan, Complaint, checked
from batchpack.workplan.values import WorkPlan


def test_places_stand_before_what_is_wrong() -> None:
    """Each complaint has a line of its own with its place."""
    error = BadPlan("p.yaml", [Complaint("p.yaml:3", "no"), Complaint("", "never")])

    assert "p.yaml cannot be run, 2 things must be mended:\n  p.yaml:3: no\n  never" == error.message


def test_many_complaints_are_cut() -> None:
    """An error shows twenty and says how to see the others."""
    error = BadPlan("p", [Complaint("", str(number)) for number in range(25)])

    assert 22 == len(error.message.splitlines())
    assert "… and 5 more; see them all with: batchpack tasks check" in error.message
    assert 25 == len(error.complaints)


def test_a_plan_without_complaints_is_returned() -> None:
    """With any it is refused, and what was understood of it goes with the error."""
    plan = WorkPlan(name="p", tasks=())

    assert plan is checked(Path("p.yaml"), (plan, []))
    with pytest.raises(BadPlan) as error:
        checked(Path("p.yaml"), (plan, [Complaint("", "no")]))
    assert plan is error.value.plan
