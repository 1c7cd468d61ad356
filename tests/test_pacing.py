"""The pace: it opens with successes, halves once for one crowd of refusals, and keeps pauses."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batchpack.pacing import FIRST_PAUSE, JITTER, LONGEST_PAUSE, START, Pace


class Clock:
    """A clock that a test turns."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        """Tell the time."""
        return self.now


def test_it_opens_by_one_with_each_success_up_to_the_limit() -> None:
    """From its start the pace lets one more run after each success, and never more than was asked for."""
    pace = Pace(5)
    seen = [int(pace.allowed)]
    for _ in range(4):
        pace.begin()
        pace.answered()
        seen.append(int(pace.allowed))
    assert [START, 4, 5, 5, 5] == seen


def test_one_crowd_of_refusals_halves_once_and_pauses_for_all() -> None:
    """Eight refused together are one sign: half as many may run, and nobody begins until the pause is over."""
    clock = Clock()
    pace = Pace(8, start=8, clock=clock)
    begun = [pace.begin() for _ in range(8)]
    assert -1 == pace.wait()
    clock.now += 1
    pauses = [pace.refused(moment) for moment in begun]
    assert (4, 0) == (pace.allowed, pace.running)
    assert all(FIRST_PAUSE <= pause <= FIRST_PAUSE * (1 + JITTER) for pause in pauses)
    assert max(pauses) == pytest.approx(pace.wait())
    clock.now += 2
    assert 0 == pace.wait()


def test_a_pause_that_was_asked_for_is_kept() -> None:
    """A service that says how long to wait is believed, however long that is."""
    clock = Clock()
    pace = Pace(2, clock=clock)
    asked = LONGEST_PAUSE * 100
    assert asked <= pace.refused(pace.begin(), asked) <= asked * (1 + JITTER)
    assert pace.wait() >= asked


@given(st.integers(1, 20), st.lists(st.sampled_from(["answered", "refused", "left"]), max_size=60))
def test_it_stays_between_one_and_the_limit(most: int, ends: list[str]) -> None:
    """Whatever comes back, at least one and at most the limit may run, and places add up."""
    clock = Clock()
    pace = Pace(most, clock=clock)
    for end in ends:
        clock.now = max(clock.now + 1, pace.resumes)
        assert 0 == pace.wait()
        begun = pace.begin()
        if end == "refused":
            pace.refused(begun)
        else:
            (pace.answered if end == "answered" else pace.leave)()
        assert 1 <= pace.allowed <= most
        assert 0 == pace.running
