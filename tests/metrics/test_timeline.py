"""The line of time."""

from __future__ import annotations

from dataclasses import replace

import pytest

from batchpack.metrics.timeline import Line, curve, glance, kind_of
from batchpack.metrics.values import Merge
from tests.support.records import START, attempt, done, record


@pytest.mark.parametrize("last", [0.0, 0.4, 7.0, 514.0, 86_400.0, 4e9])
def test_marks_are_few_and_on_the_line(last: float) -> None:
    """Between one and seven marks, from the start on, all within the run."""
    ticks = Line(record(done("a", attempt(0, last), settled=last), last=last)).ticks()

    assert 1 <= len(ticks) <= 7
    assert (0.0, "0 s") == ticks[0]
    assert all(0 <= x <= 100 for x, _ in ticks)


def test_bars_lie_on_the_line() -> None:
    """Attempts, the wait for the merge and the merge; each is wide enough to be seen and none leaves the line."""
    tries = (attempt(0, 10, end="failed"), attempt(50, 60, number=2))
    merges = (Merge(START + 70, "", "conflict"), Merge(START + 100, "0123456789abcdef"))
    task = replace(done("a", *tries, settled=100), merges=merges)

    bars = Line(record(task)).bars(task)

    assert ["bad", "good", "waits", "clash", "waits", "merge"] == [bar.kind for bar in bars]
    assert (50.0, 10.0) == (bars[1].x, bars[1].width)
    assert "attempt 1: failed, 10.0 s from 0 s" == bars[0].says
    assert "merged as 0123456789ab at 100 s" == bars[-1].says
    assert all(bar.width > 0 and bar.x + bar.width <= 100.001 for bar in bars)


def test_the_curve_shows_who_was_at_work() -> None:
    """Its top is the most at once; an attempt that nobody measured is not in it."""
    run = record(done("a", attempt(0, 50), attempt(25, 100), attempt(0, None, last=100), settled=100))

    assert ("M0.0 100H0.0V50.0H250.0V0.0H500.0V50.0H1000.0V100.0Z", 2) == curve(run, Line(run))
    assert ("", 0) == curve(record(), Line(record()))


def test_the_whole_in_little_has_every_bar() -> None:
    """A path a look, a piece a bar."""
    run = record(done("a", attempt(0, 50), settled=50), done("b", attempt(50, 100), settled=100))

    assert 2 == glance(run, Line(run))["good"].count("M")


def test_each_end_has_its_look() -> None:
    """What passed, what failed, what runs, and all that came to no verdict."""
    assert ["good", "good", "bad", "bad", "runs", "other"] == [
        kind_of(end) for end in ("verified", "done", "failed", "blocked", "running", "lost")
    ]
