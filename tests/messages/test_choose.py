"""The decision tree: the rows it grew from, its bounds, and what holds for every question."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batchpack.messages.choose import METHODS, Choice, Question, by_number, choose

QUESTIONS = st.builds(
    Question, st.integers(1, 10_000_000), urgent=st.booleans(), dependent=st.booleans(), needs_tools=st.booleans()
)


@pytest.mark.parametrize(
    ("items", "needs", "best"),
    [
        (1, {}, "conversation"),
        (3, {}, "conversation"),
        (10, {}, "agents"),
        (50, {}, "stream"),
        (100, {}, "batch"),
        (1_000_000, {}, "batch"),
        (10, {"urgent": True}, "agents"),
        (50, {"urgent": True}, "stream"),
        (500, {"urgent": True}, "stream"),
        (4, {"dependent": True}, "loop"),
        (500, {"dependent": True}, "loop"),
        (10, {"needs_tools": True}, "agents"),
        (500, {"needs_tools": True}, "agents"),
        (2, {"needs_tools": True}, "conversation"),
        (2, {"urgent": True}, "agents"),
        (1, {"urgent": True}, "conversation"),
        (10, {"dependent": True, "urgent": True}, "loop"),
        (50, {"urgent": True, "needs_tools": True}, "agents"),
    ],
)
def test_the_rows_of_the_tree(items: int, needs: dict[str, Any], best: str) -> None:
    """Each row of the tree, and each pair of questions that could disagree, has its method."""
    assert best == choose(Question(items, **needs)).best


@pytest.mark.parametrize(
    ("items", "method"),
    [(4, "conversation"), (5, "agents"), (19, "agents"), (20, "stream"), (99, "stream"), (100, "batch")],
)
def test_a_bound_belongs_to_the_row_that_it_opens(items: int, method: str) -> None:
    """5, 20 and 100 stand in two rows of the tree; here they are the first of the later one."""
    assert method == by_number(items)


def test_agents_do_as_well_as_streaming_between_20_and_99() -> None:
    """The tree names both: streaming is the best, and agents are possible."""
    fits = {each.method: each.fit for each in choose(Question(50)).verdicts}
    assert ("best", "possible") == (fits["stream"], fits["agents"])


@given(QUESTIONS)
def test_every_choice_is_whole(question: Question) -> None:
    """Each method has one verdict, exactly one is the best, it has reasons, and what does not fit says why."""
    choice = choose(question)
    assert list(METHODS) == [each.method for each in choice.verdicts]
    assert [choice.best] == [each.method for each in choice.verdicts if each.fit == "best"]
    assert choice.reasons
    assert all(choice.reasons)
    assert all(each.reasons for each in choice.verdicts if each.fit == "unfit")


@given(QUESTIONS)
def test_the_best_does_what_is_needed(question: Question) -> None:
    """Dependent items are never side by side, items with tools never bare requests, urgent ones never in a batch."""
    best = choose(question).best
    if question.dependent:
        assert "loop" == best
    elif question.needs_tools:
        assert best in ("conversation", "agents")
    elif question.urgent and question.items > 1:
        assert best in ("agents", "stream")


@given(st.integers(1, 1000), st.integers(1, 1000))
def test_more_items_never_choose_a_smaller_method(one: int, other: int) -> None:
    """By number alone the methods come in the order of their rows."""
    order = ["conversation", "agents", "stream", "batch"]
    low, high = sorted((one, other))
    assert order.index(by_number(low)) <= order.index(by_number(high))


def told(choice: Choice) -> str:
    """Return all conflicts."""
    return " ".join(choice.conflicts)


def test_wishes_that_contradict_each_other_are_told() -> None:
    """Each contradiction is said with a way out, and a plain question has none."""
    assert "take hours themselves" in told(choose(Question(100_000, urgent=True)))
    assert "twice what a batch would" in told(choose(Question(500, urgent=True)))
    assert "nothing runs side by side" in told(choose(Question(10, urgent=True, dependent=True)))
    assert "make each stage a batch" in told(choose(Question(500, dependent=True)))
    assert "in the conversation" in told(choose(Question(10, dependent=True, needs_tools=True)))
    assert "give the files as items" in told(choose(Question(500, needs_tools=True)))
    assert "" == told(choose(Question(1_000_000)))


def test_a_million_items_say_that_they_go_in_waves() -> None:
    """What is above an organisation's queue is said beside the batch."""
    batch = next(each for each in choose(Question(1_000_000)).verdicts if each.method == "batch")
    assert "in waves" in " ".join(batch.reasons)
