"""What the reader is told beside a plan."""

from __future__ import annotations

import pytest

from batchpack.planning import Roster, make_plan

FIRST = "Build user authentication with React frontend, Go backend, tests, and docs"


def test_documentation_is_shared(roster: Roster) -> None:
    """The table has no role for documentation, which a note says."""
    assert any(note.startswith("Documentation has no role") for note in make_plan(FIRST, roster).notes)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Fix it", "one role"),
        ("Add an API with tests", "2 pieces"),
        ("Research it, then design a Go backend", "waits for the one before"),
    ],
)
def test_one_agent_is_enough(text: str, reason: str, roster: Roster) -> None:
    """Fewer than three pieces of work, or a chain, are done by one agent as well; the plan says why."""
    assert reason in (make_plan(text, roster).single or "")


@pytest.mark.parametrize("text", ["Write a poem", "\u4fee\u590d\u767b\u5f55\u9875\u9762", "Den Fehler beheben"])
def test_without_a_keyword_the_fallback_looks(text: str, roster: Roster) -> None:
    """A text without a keyword, in any language, gets the fallback and a note on what to do."""
    plan = make_plan(text, roster)
    assert [(roster.fallback, ())] == [(agent.name, agent.matched) for agent in plan.agents]
    assert "--agents" in plan.notes[0]


def test_a_change_that_nobody_may_make_is_told(roster: Roster) -> None:
    """Where the text asks for a change and nobody in the plan edits, a note says so."""
    plan = make_plan("Refactor authentication module with new design patterns", roster)
    assert any("does not edit files" in note for note in plan.notes)
    assert not make_plan("Security assessment of payment processing system", roster).notes


def test_an_audit_beside_builders_is_remarked(roster: Roster) -> None:
    """Security goes first; the plan says how to have the result looked at too."""
    plan = make_plan("Build a Go API and a React page with a security review", roster)
    assert "security-auditor" == plan.batches[0].tasks[0]
    assert any("security-auditor looks" in note for note in plan.notes)


def test_departures_from_the_text_are_told(roster: Roster) -> None:
    """With --agents, roles that the text asks for and that are left out, and those it rules out, are told."""
    plan = make_plan("Fix the API, write docs, no tests", roster, agents=["test-automator"])
    assert any(note.endswith("in the text: backend-go, debugger.") for note in plan.notes)
    assert any("rules them out: test-automator" in note for note in plan.notes)
    assert () == plan.excluded
