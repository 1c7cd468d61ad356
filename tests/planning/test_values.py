"""The plan as a value."""

from __future__ import annotations

from dataclasses import FrozenInstanceError

import pytest

from batchpack.planning import Roster, make_plan, plan_to_json


def test_a_plan_cannot_be_changed(roster: Roster) -> None:
    """Neither the plan nor its parts take another value."""
    plan = make_plan("Fix the API", roster)
    with pytest.raises(FrozenInstanceError):
        plan.hash = ""  # type: ignore[misc]
    with pytest.raises(AttributeError):
        plan.agents[0].name = "x"  # type: ignore[misc]


def test_a_plan_says_itself_as_json(roster: Roster) -> None:
    """The hash comes first, so that a reader sees it at once."""
    plan = make_plan("Fix the API", roster)
    assert ("hash", plan.hash) == next(iter(plan_to_json(plan).items()))
