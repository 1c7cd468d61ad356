"""Figures in words."""

from __future__ import annotations

import pytest

from batchpack.metrics import wording
from batchpack.metrics.figures import spent, times
from tests.support.records import START, attempt, usage


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (None, "unknown"), (0, "0.0 s"), (59.94, "59.9 s"), (59.96, "1 min 00 s"), (3599.6, "1 h 00 min"),
        (7260, "2 h 01 min"),
    ],
)  # fmt: skip
def test_durations(seconds: float | None, said: str) -> None:
    """Seconds, then minutes, then hours."""
    assert said == wording.duration(seconds)


def test_known_and_unknown_are_never_mixed() -> None:
    """A sum says of how many attempts it knows nothing; what no model did used nothing."""
    known, unpriced, unknown = (attempt(0, 1, usage=one) for one in (usage(), usage(dollars=None), None))
    plain = attempt(0, 1, by_model=False)

    assert ("100", "$0.5000") == (wording.tokens(spent([known])), wording.money(spent([known])))
    assert "$0.5000 + unknown of 2 attempts" == wording.money(spent([known, unpriced, unknown, plain]))
    assert "200 + unknown of 1 attempt" == wording.tokens(spent([known, unpriced, unknown, plain]))
    assert ("unknown", "unknown") == (wording.tokens(spent([unknown])), wording.money(spent([unknown, unpriced])))
    assert ("none", "none") == (wording.tokens(spent([plain])), wording.money(spent([plain])))


def test_the_rest() -> None:
    """Moments in UTC, numbers with their thousands apart, a sign for each state, money to the cent."""
    assert ("2023-11-14T22:13:20Z", "1,000 tasks") == (wording.moment(START), wording.plural(1000, "task"))
    assert ("✓", "·") == (wording.glyph("merged"), wording.glyph("anything"))
    assert ("$1,234.50", "$0.00") == (wording.dollars(1234.5), wording.dollars(0))
    assert ("2.0", "unknown") == (wording.width(times([attempt(0, 1), attempt(0, 1)])), wording.width(times([])))
