"""Figures: they add up, and nothing unknown is in a sum."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batchpack.metrics import figures
from batchpack.metrics.values import Attempt
from tests.support.records import attempt, done, record, usage

TIMES = st.floats(0, 1000, allow_nan=False)
ATTEMPTS = st.builds(
    attempt, TIMES, st.none() | TIMES, usage=st.none() | st.builds(usage, dollars=st.none() | st.floats(0, 10)),
    by_model=st.booleans(),
)  # fmt: skip


@given(st.lists(ATTEMPTS))
def test_every_attempt_is_counted_once(attempts: list[Attempt]) -> None:
    """Attempts = measured + unknown + without a model, tokens those of the measured, at most all of them priced."""
    spent = figures.spent(attempts)

    assert len(attempts) == spent.attempts == spent.measured + spent.unknown + spent.without_model
    assert 100 * spent.measured == spent.tokens
    assert spent.priced <= spent.measured
    assert (spent.priced == 0) == (spent.dollars is None)


@given(st.lists(ATTEMPTS))
def test_times_hold_together(attempts: list[Attempt]) -> None:
    """Busy time is at most the wall time and the sum; the width lies between one and the most at once."""
    times = figures.times(attempts)

    if times.worked is None or times.busy is None or times.wall is None:
        assert 0 == times.measured
        return
    assert times.busy <= min(times.wall, times.worked) + 1e-6
    if times.width is not None and times.busy > 1e-6:
        assert 1 - 1e-6 <= times.width <= times.peak + 1e-6


def test_width_is_what_worked_at_once() -> None:
    """Two that overlap by half, and a rest that nobody works in."""
    times = figures.times([attempt(0, 10), attempt(5, 15), attempt(100, 105)])

    assert (3, 25.0, 20.0, 105.0, 1.25, 2) == (
        times.measured, times.worked, times.busy, times.wall, times.width, times.peak,
    )  # fmt: skip


def test_unknown_is_null_for_programs() -> None:
    """Where no attempt of a model was measured tokens are null, not nought; without a model they are nought."""
    assert figures.spent([attempt(0, 1)]).to_json()["tokens"] is None
    assert 0 == figures.spent([attempt(0, 1, by_model=False)]).to_json()["tokens"]


def test_retries_and_failed_attempts() -> None:
    """A retry is an attempt behind a task's first; one that failed ended and came to nothing."""
    run = record(done("a", attempt(0, 1, end="failed"), attempt(1, 2, number=2), settled=3))

    assert (1, 1) == (figures.retries(run), figures.failed_attempts(run))
    assert {"done": 1, "failed": 0, "skipped": 0, "pending": 0} == figures.counts(run)


def test_workers_are_told_apart_and_add_up() -> None:
    """By executor, agent and model; the sums over them are those of the run."""
    one = attempt(0, 1, executor="claude", model="big", usage=usage())
    two = attempt(1, 2, executor="claude", model="small", usage=usage(dollars=None), number=2)
    rows = figures.by_worker(record(done("a", one, two, settled=3)))

    assert [("claude", "", "big"), ("claude", "", "small")] == [key for key, *_ in rows]
    assert 200 == sum(spent.tokens for _, spent, _ in rows)
    assert [0.5, None] == [spent.dollars for _, spent, _ in rows]


@pytest.mark.parametrize("spans", [[], [(0.0, 1.0)], [(0.0, 2.0), (1.0, 2.0)]])
def test_widths_end_at_nought(spans: list[tuple[float, float]]) -> None:
    """Whatever was opened is closed."""
    assert [0] * bool(spans) == [many for _, many in figures.widths(spans)][-1:]
