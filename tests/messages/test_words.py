"""Tests of words: spans of time and counted nouns."""

from __future__ import annotations

from datetime import timedelta

import pytest

from batchpack.messages.words import count, duration, size


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


def test_one_is_not_many() -> None:
    """Nouns follow their number, also irregular ones."""
    assert ["1 item", "2,000 items", "0 items"] == [count(number, "item") for number in (1, 2000, 0)]
    assert "2 batches" == count(2, "batch", "batches")


def test_sizes_have_the_unit_that_fits() -> None:
    """A small job is not told as nothing."""
    assert ["999 B", "1.0 kB", "87.1 MB"] == [size(number) for number in (999, 1_000, 87_100_000)]
