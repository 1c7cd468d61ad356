"""The budget: reserved before launch from what was seen, settled after, and never passed in silence."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batchpack.attempts.budget import Budget
from batchpack.executor import Usage


def used(dollars: float | None = 1.0, tokens: int = 1000) -> Usage:
    """Return what an attempt used."""
    return Usage(input=tokens, dollars=dollars, model="m")


@pytest.mark.parametrize(
    ("unit", "limit", "fits", "words"),
    [("dollars", 3.5, 3, "$3.50"), ("tokens", 3000, 3, "3,000 tokens"), ("attempts", 2, 2, "2 attempts")],
)
def test_another_attempt_begins_only_where_it_fits(unit: str, limit: float, fits: int, words: str) -> None:
    """After the first, what those before used on average must fit into what is left."""
    budget = Budget({unit: limit})
    begun = 0
    while not (refused := budget.reserve(f"t.{begun}")):
        budget.settle(f"t.{begun}", used(), 60, agent=True)
        begun += 1

    assert fits == begun
    assert words in refused


def test_what_runs_is_reserved() -> None:
    """Attempts that run count with what they will probably use, until they are settled or given back."""
    budget = Budget({"dollars": 3.0})
    budget.settle("t.0", used(), 1, agent=True)

    assert ["", ""] == [budget.reserve("t.1"), budget.reserve("t.2")]
    assert "$3.00" in budget.reserve("t.3")
    assert "" == budget.reserve("t.2")
    budget.release("t.2")
    assert "" == budget.reserve("t.3")
    budget.settle("t.1", used(0.5), 1, agent=True)
    assert 1.5 == budget.dollars


def test_an_unknown_price_ends_a_budget_in_dollars() -> None:
    """Where nobody knows what an attempt cost, a limit in dollars cannot be kept: it is said, and nothing begins."""
    budget = Budget({"dollars": 100.0, "tokens": 1e9})
    budget.settle("t.1", used(None), 1, agent=True)

    assert "the price of m of attempt t.1 is unknown" in budget.refusal()
    assert "" == Budget({"tokens": 5000.0}).refusal()


def test_without_dollars_an_unknown_price_is_no_matter() -> None:
    """Tokens can be counted without a price."""
    budget = Budget({"tokens": 5000.0})
    budget.settle("t.1", used(None), 1, agent=True)

    assert "" == budget.reserve("t.2")


def test_minutes_are_those_of_the_run() -> None:
    """The time that is left must be as long as attempts take, and nothing begins after its end."""
    now = [0.0]
    budget = Budget({"minutes": 10.0}, lambda: now[0])
    assert "" == budget.reserve("t.1")
    now[0] = 240
    budget.settle("t.1", None, 240, agent=False)
    assert "" == budget.reserve("t.2")
    now[0] = 420
    assert "10 minutes" in budget.reserve("t.3")


def test_a_program_costs_nothing() -> None:
    """A plain command is neither priced nor unpriced, and does not make agents look cheap."""
    budget = Budget({"dollars": 10.0})
    budget.settle("a.1", None, 5, agent=False)
    budget.settle("b.1", used(4.0), 5, agent=True)

    assert ("", 4.0) == (budget.unpriced, budget.mean().dollars)


@given(st.lists(st.floats(0.01, 3.0), max_size=40), st.floats(1.0, 20.0), st.integers(1, 6))
def test_it_is_passed_at_most_by_what_ran(costs: list[float], limit: float, width: int) -> None:
    """Whatever attempts cost, no further one begins once the limit is reached, and what was used adds up."""
    budget = Budget({"dollars": limit})
    running: list[tuple[str, float]] = []
    for number, cost in enumerate(costs):
        if len(running) == width:
            name, price = running.pop(0)
            budget.settle(name, used(price), 1, agent=True)
        if not budget.reserve(str(number)):
            assert budget.dollars < limit
            running.append((str(number), cost))
    assert budget.dollars <= limit + 3.0 * width
