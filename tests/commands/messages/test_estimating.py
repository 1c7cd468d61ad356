"""The words of an estimate: the price of this mode, what direct calls would cost, unknown where it is."""

from __future__ import annotations

from decimal import Decimal

from batchpack.commands.messages._estimating import cost_lines
from batchpack.messages.estimate import Estimate


def guess(dollars: str | None, standard: str | None) -> Estimate:
    """Return an estimate of that cost."""
    spent, full = (None if one is None else Decimal(one) for one in (dollars, standard))
    return Estimate(3, 1234, 600, spent, full, "count_tokens of 3 requests", "200 an answer, as expected", "2026-11-21")


def test_a_batch_is_told_beside_direct_calls() -> None:
    """Half price is told with what the same would cost directly, and how old the prices are."""
    assert "  estimated cost: $1.50 (as direct calls $3.00), prices of 2026-11-21" == cost_lines(guess("1.5", "3"))[-1]


def test_direct_calls_are_told_alone() -> None:
    """Where the mode is direct there is nothing to compare with; small amounts keep digits that say something."""
    assert "  estimated cost: $0.000125, prices of 2026-11-21" == cost_lines(guess("0.000125", "0.000125"))[-1]


def test_an_unknown_price_is_unknown() -> None:
    """No price is neither 0 nor a guess, and the tokens are told all the same."""
    lines = cost_lines(guess(None, None))
    assert "  estimated cost: unknown, since the prices of this model are" == lines[-1]
    assert "  tokens in: 1,234 (estimated: count_tokens of 3 requests)" == lines[0]
