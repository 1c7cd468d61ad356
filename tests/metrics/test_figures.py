"""Figures: they add up, and nothing unknown is in a sum."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batchpack.metrics import figures
from batchpack.metrics.values import Attempt, Merge
from tests.support.records import START, attempt, done, record, usage

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


def test_an_attempt_that_only_met_a_limit_is_no_retry() -> None:
    """It says nothing about its task, so it failed nothing either; what it took is still counted."""
    run = record(done("a", attempt(0, 1, end="paused"), attempt(5, 9, number=2), settled=9))

    assert (0, 0, 5.0) == (figures.retries(run), figures.failed_attempts(run), figures.times(run.attempts).worked)


def test_time_in_line_is_from_ready_to_begun() -> None:
    """First attempts wait since the start or their needs' end, retries since what went before or a refused merge."""
    a = done("a", attempt(1, 4, end="failed"), attempt(6, 9, number=2), settled=10)
    b = replace(
        done("b", attempt(13, 20), attempt(30, 31, number=2), settled=40, after=("a",)),
        merges=(Merge(START + 25, "", "conflict"), Merge(START + 40, "c0ffee")),
    )
    run = record(a, b)

    assert figures.Queued(4, 1 + 2 + 3 + 5, 2.5, 5) == figures.queued(run)


def test_time_in_line_is_unknown_where_a_need_has_no_end() -> None:
    """What began beside a need that is not settled, or before the run by its clock, was not measured."""
    open_ = replace(done("a", attempt(-5, 4), settled=0), settled=None)
    run = record(open_, done("b", attempt(2, 3), settled=5, after=("a",)))

    assert figures.Queued(0, None, None, None) == figures.queued(run)


@given(st.lists(st.tuples(TIMES, TIMES)))
def test_time_in_line_is_never_negative(spans: list[tuple[float, float]]) -> None:
    """Whatever the clock did, no attempt waited less than no time, and no more were measured than there are."""
    tries = [attempt(begun, ended, number=at) for at, (begun, ended) in enumerate(spans, 1)]
    found = figures.queued(record(done("a", *tries, settled=2000)))

    assert found.measured <= len(spans)
    assert found.longest is None or found.median is None or 0 <= found.median <= found.longest
