"""What holds for every plan."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from batchpack.errors import BatchpackError
from batchpack.planning import Plan, Roster, make_plan, plan_from_json, plan_to_json
from batchpack.planning.batches import cap

NAMES = (
    "explorer", "architect", "backend-go", "frontend-react", "test-automator", "performance-optimizer",
    "security-auditor", "devops-engineer", "debugger",
)  # fmt: skip
PIECES = (
    "build", "the", "Go", "go ahead", "React", "tests", "no", "without", "docs", ",", ".", "and", "API", "don't touch",
    "fix", "bugs", "security", "optimize", "docker", "design", "research", "are not needed", "whole", "-", "\n- ",
)  # fmt: skip
sentences = st.lists(st.sampled_from(PIECES), min_size=1, max_size=40).map(" ".join)
options = st.fixed_dictionaries(
    {},
    optional={
        "agents": st.lists(st.sampled_from(NAMES), min_size=1, max_size=9, unique=True),
        "complexity": st.integers(1, 10),
        "max_parallel": st.integers(1, 8),
    },
)


def planned(text: str, roster: Roster, **given_options: object) -> Plan | None:
    """Return the plan, or None where the text has no word in it."""
    try:
        return make_plan(text, roster, **given_options)  # type: ignore[arg-type]
    except BatchpackError:
        return None


@settings(max_examples=300, deadline=None)
@given(text=sentences, given_options=options)
def test_batches_hold_every_task_once_behind_its_dependencies(
    text: str, given_options: dict[str, int], roster: Roster
) -> None:
    """Each task is in exactly one batch, those it waits for are in earlier ones, and no batch is over its cap."""
    plan = planned(text, roster, **given_options)
    if plan is None:
        return
    number = {task: batch.number for batch in plan.batches for task in batch.tasks}
    assert sorted(agent.name for agent in plan.agents) == sorted(task for b in plan.batches for task in b.tasks)
    assert all(number[other] < number[task] for task, others in plan.depends_on.items() for other in others)
    width = cap(plan.complexity.score, given_options.get("max_parallel"))
    assert all(1 <= len(batch.tasks) <= width for batch in plan.batches)
    assert list(range(1, len(plan.batches) + 1)) == [batch.number for batch in plan.batches]


@settings(max_examples=200, deadline=None)
@given(text=st.one_of(st.text(max_size=200), sentences), given_options=options)
def test_any_text_gets_a_plan_that_survives_json(text: str, given_options: dict[str, int], roster: Roster) -> None:
    """No text crashes the planner; the same input gives the same plan; JSON gives it back."""
    plan = planned(text, roster, **given_options)
    assert plan == planned(text, roster, **given_options)
    if plan is not None:
        assert plan == plan_from_json(json.loads(json.dumps(plan_to_json(plan))))


@settings(max_examples=200, deadline=None)
@given(first=sentences, second=sentences)
def test_another_text_is_another_hash(first: str, second: str, roster: Roster) -> None:
    """Two descriptions that differ after cleaning have plans with different hashes."""
    one, other = planned(first, roster), planned(second, roster)
    if one is not None and other is not None:
        assert (one.description == other.description) == (one.hash == other.hash)


@settings(max_examples=200, deadline=None)
@given(text=sentences)
def test_evidence_stands_where_it_says(text: str, roster: Roster) -> None:
    """Every word shown as evidence is found in the description at its offset."""
    plan = planned(text, roster)
    if plan is None:
        return
    matches = [match for agent in plan.agents for match in agent.matched]
    matches += [match for signal in plan.complexity.signals for match in signal.evidence]
    for match in [*matches, *(one.match for one in plan.excluded)]:
        assert match.word == plan.description[match.offset : match.offset + len(match.word)]


@pytest.mark.parametrize(
    "piece", ["no ", "no tests, ", "must be ", "a_", "a/", "`", "tests and ", "are not needed ", "- "]
)
def test_long_texts_are_planned_in_linear_time(piece: str, roster: Roster) -> None:
    """The longest text allowed takes seconds at most, whatever it repeats."""
    from time import process_time

    text = (piece * 100_000)[:99_990] + " test"
    began = process_time()
    make_plan(text, roster)
    assert process_time() - began < 20
