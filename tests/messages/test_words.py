"""Tests of words: spans of time."""

from __future__ import annotations

from datetime import timedelta

import pytest

from batchpack.messages.words import duration


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "0 s"), (0.9, "0 s"), (-5, "0 s"), (45, "45 s"), (60, "1 min"), (61, "1 min 1 s"), (3600, "1 h"),
        (86_390, "23 h 59 min"), (86_400, "1 d"), (90_000, "1 d 1 h"), (2_160_000, "25 d"),
    ],
)  # fmt: skip
def test_a_span_is_told_in_two_units(seconds: float, said: str) -> None:
    """The largest unit and the one below it, nothing finer."""
    assert said == duration(timedelta(seconds=seconds))
