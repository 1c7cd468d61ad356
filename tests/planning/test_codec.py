"""Plans as JSON."""

from __future__ import annotations

import json
from typing import Any

import pytest

from batchpack.planning import NotAPlan, Roster, make_plan, plan_from_json, plan_to_json

TEXT = "Build a Go API with tests, no docker; the whole platform is rewritten"


def facts(roster: Roster) -> dict[str, Any]:
    """Return a plan as JSON text would give it back."""
    read: dict[str, Any] = json.loads(json.dumps(plan_to_json(make_plan(TEXT, roster))))
    return read


def test_the_keys_at_the_top(roster: Roster) -> None:
    """The shape that others read holds."""
    found = facts(roster)
    wanted = {"hash", "complexity", "agents", "batches", "estimate", "description", "depends_on", "notes", "single"}
    assert wanted <= set(found)
    assert {"score", "signals", "given"} == set(found["complexity"])
    assert all({"name", "matched", "tier"} == set(agent) for agent in found["agents"])
    assert all({"number", "tasks"} == set(batch) for batch in found["batches"])


def test_a_plan_comes_back_the_same(roster: Roster) -> None:
    """What JSON text gives back is the plan, a schema beside it allowed."""
    assert make_plan(TEXT, roster) == plan_from_json({"schema": 1, **facts(roster)})


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("description", "Build a Go API"),
        ("options", {"agents": None, "complexity": 3, "max_parallel": None}),
        ("roster", "0" * 64),
        ("complexity", {"score": 2, "signals": [], "given": False}),
        ("agents", [{"name": "debugger", "tier": "standard", "matched": []}]),
        ("depends_on", {"backend-go": []}),
        ("batches", [{"number": 1, "tasks": ["backend-go"]}]),
        ("notes", ["more"]),
        ("single", "because"),
        ("excluded", []),
    ],
)
def test_a_changed_plan_is_refused(key: str, value: object, roster: Roster) -> None:
    """The hash covers every part."""
    with pytest.raises(NotAPlan, match="differ"):
        plan_from_json({**facts(roster), key: value})


@pytest.mark.parametrize("broken", [{}, {"hash": "x"}, {"agents": 3}])
def test_what_is_no_plan_is_refused(broken: dict[str, Any]) -> None:
    """Missing keys and wrong kinds are an error for the reader, not a crash."""
    with pytest.raises(NotAPlan):
        plan_from_json(broken)
