"""Whole plans."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from batchpack.errors import UnknownName, UsageError
from batchpack.planning import Plan, Roster, load_roster, make_plan
from tests.support.project import ROOT

FIRST = "Build user authentication with React frontend, Go backend, tests, and docs"


def names(plan: Plan) -> list[str]:
    """Return the names of a plan's agents."""
    return [agent.name for agent in plan.agents]


@pytest.mark.parametrize(
    ("text", "agents"),
    [
        (FIRST, ["backend-go", "frontend-react", "test-automator"]),
        ("Optimize database queries and add caching layer", ["performance-optimizer"]),
        ("Security assessment of payment processing system", ["security-auditor"]),
        ("Refactor authentication module with new design patterns", ["architect"]),
    ],
)
def test_the_four_examples(text: str, agents: list[str], roster: Roster) -> None:
    """The examples of the skill get the agents of the keyword table."""
    assert agents == names(make_plan(text, roster))


def test_the_batches_of_the_first_example(roster: Roster) -> None:
    """The two sides are built at the same time, the tests follow."""
    plan = make_plan(FIRST, roster)
    assert [("backend-go", "frontend-react"), ("test-automator",)] == [batch.tasks for batch in plan.batches]
    assert plan.single is None


def test_what_is_ruled_out_is_reported(roster: Roster) -> None:
    """A role that the text rules out is left out, with the words that do it."""
    plan = make_plan("Build the Go API without touching the frontend, no tests needed", roster)
    assert ["backend-go"] == names(plan)
    words = {one.name: one.words for one in plan.excluded}
    assert {"frontend-react": "without touching the frontend", "test-automator": "no tests needed"} == words


def test_background_calls_nobody_unless_nothing_else_does(roster: Roster) -> None:
    """What a sentence tells about the project counts only where nothing else calls a role."""
    assert ["debugger"] == names(make_plan("We use Go and React. Fix the date format.", roster))
    assert ["backend-go", "frontend-react"] == names(make_plan("Build a shop. We use Go and React.", roster))


def test_named_agents_replace_the_keywords(roster: Roster) -> None:
    """--agents is taken as it is, in the roster's order, and departures from the text are told."""
    plan = make_plan("Fix the API, no tests", roster, agents=["test-automator", " debugger"])
    assert ["test-automator", "debugger"] == names(plan)
    assert {"test-automator": ("debugger",), "debugger": ()} == plan.depends_on
    assert any("backend-go" in note for note in plan.notes)
    assert any("rules them out: test-automator" in note for note in plan.notes)


def test_max_parallel_caps_every_batch(roster: Roster) -> None:
    """--max-parallel 1 makes a batch an agent."""
    plan = make_plan(FIRST, roster, max_parallel=1)
    assert [1, 1, 1] == [len(batch.tasks) for batch in plan.batches]


@pytest.mark.parametrize(
    "options",
    [
        {"complexity": 0},
        {"complexity": 11},
        {"max_parallel": 0},
        {"max_parallel": 9},
        {"agents": []},
        {"agents": [" "]},
    ],
)
def test_options_out_of_range_are_refused(options: dict[str, int], roster: Roster) -> None:
    """A complexity outside 1 to 10, a width outside 1 to 8 and an empty list of agents are refused."""
    with pytest.raises(UsageError):
        make_plan("Fix it", roster, **options)  # type: ignore[arg-type]


def test_an_unknown_agent_is_refused_with_those_there_are(roster: Roster) -> None:
    """An unknown role is told with the known ones."""
    with pytest.raises(UnknownName, match="painter") as caught:
        make_plan("Fix it", roster, agents=["painter"])
    assert "debugger" in caught.value.hint


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("Fix it.", {}),
        ("Fix it", {"complexity": 3}),
        ("Fix it", {"max_parallel": 2}),
        ("Fix it", {"agents": ["debugger"]}),
    ],
)
def test_another_input_is_another_hash(text: str, options: dict[str, int], roster: Roster) -> None:
    """Text and options are part of the hash, even where agents and batches stay the same."""
    assert make_plan("Fix it", roster).hash != make_plan(text, roster, **options).hash  # type: ignore[arg-type]


def test_another_roster_is_another_hash(roster: Roster, written: Callable[[str], Path]) -> None:
    """The roster's content is part of the hash."""
    other = load_roster([ROOT, written("roles:\n  architect:\n    does: less\n")])
    assert make_plan("Fix it", roster).hash != make_plan("Fix it", other).hash
