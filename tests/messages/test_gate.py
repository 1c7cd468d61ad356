"""The shared gate: it opens with answers, halves once for one crowd of refusals, and keeps pauses."""

from __future__ import annotations

import threading
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batchpack.messages.gate import Closed, Gate
from batchpack.pacing import JITTER, LONGEST_PAUSE, START


class Clock:
    """A clock that a test turns."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        """Tell the time."""
        return self.now


def test_it_opens_by_one_with_each_answer_up_to_the_limit() -> None:
    """From its start the gate lets in one more after each answer, and never more than was asked for."""
    gate = Gate(6)
    seen = [int(gate.allowed)]
    for _ in range(5):
        gate.enter()
        gate.answered()
        seen.append(int(gate.allowed))
    assert [START, 4, 5, 6, 6, 6] == seen


def test_one_crowd_of_refusals_halves_once() -> None:
    """Eight requests refused together are one sign; one that began later and is refused again is another."""
    clock = Clock()
    gate = Gate(8, start=8, clock=clock)
    inside = [gate.enter() for _ in range(8)]
    clock.now += 1
    for entered in inside:
        gate.refused(entered, retry_after=0)
    assert 4 == gate.allowed
    clock.now += 60
    gate.refused(gate.enter(), retry_after=0)
    assert 2 == gate.allowed


def test_a_pause_that_was_asked_for_is_kept_by_all() -> None:
    """After Retry-After of 7 s nobody begins for 7 s, and not for much longer."""
    clock = Clock()
    gate = Gate(4, clock=clock)
    pause = gate.refused(gate.enter(), retry_after=7)
    assert 7 <= pause <= 7 * (1 + JITTER)
    assert gate.resumes == pytest.approx(107 + pause - 7)


def test_pauses_double_when_nothing_is_said() -> None:
    """Without Retry-After the pauses grow from one second to a minute; an answer begins anew."""
    clock, found = Clock(), []
    gate = Gate(4, clock=clock)
    for _ in range(9):
        clock.now += 100
        found.append(gate.refused(gate.enter()))
    assert all(least <= each <= least * (1 + JITTER) for least, each in zip((1, 2, 4, 8, 16, 32), found, strict=False))
    assert LONGEST_PAUSE <= found[-1] <= LONGEST_PAUSE * (1 + JITTER)
    clock.now += 100
    gate.enter()
    gate.answered()
    assert gate.refused(gate.enter()) <= 1 + JITTER


@given(st.lists(st.sampled_from(["answered", "refused", "leave"]), max_size=60), st.integers(1, 20))
def test_somebody_can_always_go_on(acts: list[str], most: int) -> None:
    """Whatever happens, at least one request and at most `most` are allowed, and nobody is left inside."""
    clock = Clock()
    gate = Gate(most, clock=clock)
    for act in acts:
        clock.now += 1000
        entered = gate.enter()
        if act == "refused":
            gate.refused(entered)
        else:
            getattr(gate, act)()
        assert 1 <= gate.allowed <= most
        assert 0 == gate.running


def test_never_more_inside_than_allowed() -> None:
    """Twenty threads at a gate for four: at no moment are more than four inside."""
    gate, inside, most = Gate(4, start=2), [0], [0]
    lock = threading.Lock()

    def work() -> None:
        for _ in range(10):
            gate.enter()
            with lock:
                inside[0] += 1
                most[0] = max(most[0], inside[0])
            time.sleep(0.001)
            with lock:
                inside[0] -= 1
            gate.answered()

    threads = [threading.Thread(target=work) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert 2 <= most[0] <= 4


def test_a_closed_gate_wakes_those_who_wait() -> None:
    """Closing ends the waiting of all, also within a pause."""
    gate, ended = Gate(1), []
    gate.refused(gate.enter(), retry_after=600)

    def wait() -> None:
        with pytest.raises(Closed):
            gate.enter()
        ended.append(True)

    threads = [threading.Thread(target=wait) for _ in range(3)]
    for thread in threads:
        thread.start()
    gate.close()
    for thread in threads:
        thread.join(5)
    assert [True] * 3 == ended
