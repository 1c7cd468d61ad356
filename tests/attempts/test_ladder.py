"""The ladder: three attempts of one agent, two of a fresh one, and an early end where nothing moves."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batchpack.attempts.ladder import MOST_LOST, GiveUp, Outcome, Past, Rung, fingerprint, following

FAILED: Outcome = "failed"
LOST: Outcome = "lost"


def climb(*outcomes: Outcome, moving: bool = True, same: bool = False) -> list[Past]:
    """Return attempts that ended so: each with a failure of its own unless `same`, and work that moved or not."""
    return [
        Past(
            number,
            outcome,
            failure="f" if same else f"f{number}",
            tree=f"t{number}" if moving else "t",
            session=f"s{number}",
            reason="1 failed",
        )
        for number, outcome in enumerate(outcomes, 1)
    ]


def test_the_same_agent_goes_on_three_times_then_a_fresh_and_stronger_one() -> None:
    """Attempts 2 and 3 go on in the session before; 4 and 5 begin anew with the strong model."""
    found = [
        following(climb(*[FAILED] * before), 5, agent=True, model="small", strong_model="large") for before in range(5)
    ]

    assert [
        Rung(1, model="small"),
        Rung(2, model="small", session="s1"),
        Rung(3, model="small", session="s2"),
        Rung(4, fresh=True, model="large"),
        Rung(5, fresh=True, model="large"),
    ] == found


def test_after_the_last_it_is_given_up() -> None:
    """Five that failed are the end, whatever failed; a task may have fewer."""
    assert GiveUp("Still failing after 5 attempts: 1 failed") == following(climb(*[FAILED] * 5), 5, agent=True)
    assert GiveUp("Still failing after 1 attempt: 1 failed") == following(climb("failed"), 1, agent=True)


def test_pauses_and_lost_attempts_do_not_count() -> None:
    """A limit and a machine that went down leave the task all its attempts; the number goes on all the same."""
    found = following(climb("paused", "failed", "paused", "lost", "paused"), 2, agent=True)

    assert Rung(6, session="s2") == found


def test_lost_too_often_in_a_row_is_the_end() -> None:
    """A machine that loses one attempt after another is not tried for ever; a failure between breaks the row."""
    lost = climb(*[LOST] * MOST_LOST)

    assert isinstance(following(lost, 5, agent=True), GiveUp)
    assert isinstance(following(climb("lost", "lost", "failed", "lost"), 5, agent=True), Rung)


@pytest.mark.parametrize("outcome", ["conflict", "culprit"])
def test_what_does_not_merge_counts(outcome: Outcome) -> None:
    """A conflict and a red gate are failures of the attempt."""
    assert isinstance(following(climb(outcome), 1, agent=True), GiveUp)


def test_a_repetition_is_told_and_then_ends_it() -> None:
    """Twice the same is told to the third; a plain program that then fails once more with nothing changed is done."""
    twice = following(climb("failed", "failed", same=True, moving=False), 5, agent=False)
    thrice = following(climb("failed", "failed", "failed", same=True, moving=False), 5, agent=False)

    assert Rung(3, repeated=True) == twice
    assert isinstance(thrice, GiveUp)


def test_a_fresh_agent_is_tried_before_the_end() -> None:
    """An agent that is stuck gives way to a fresh one; when that leaves everything as it was, the ladder ends."""
    stuck = climb("failed", "failed", "failed", same=True, moving=False)
    fresh = [*stuck, Past(4, "failed", "f", "t", fresh=True, reason="1 failed")]

    assert Rung(4, fresh=True, repeated=True) == following(stuck, 5, agent=True)
    assert isinstance(following(fresh, 5, agent=True), GiveUp)


def test_work_that_moves_is_no_early_end() -> None:
    """The same failure with other work is worth all attempts."""
    assert isinstance(following(climb("failed", "failed", "failed", same=True), 5, agent=False), Rung)


@given(st.lists(st.sampled_from(["failed", "lost", "paused", "conflict", "culprit"]), max_size=30), st.integers(1, 5))
def test_it_always_ends(outcomes: list[Outcome], most: int) -> None:
    """No more attempts than allowed ever count, and numbers only grow."""
    past = climb(*outcomes)
    found = following(past, most, agent=True)
    counted = [one for one in past if one.outcome in {"failed", "conflict", "culprit"}]
    if isinstance(found, Rung):
        assert len(counted) < most
        assert len(past) + 1 == found.number


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("FAILED tests/test_a.py::test_x - 1 failed in 0.21s", "FAILED tests/test_a.py::test_x - 1 failed in 12.7s"),
        ("/tmp/a/b/app.py:12: error", "/var/c/app.py:9913: error"),
        ("2026-01-02T10:11:12 commit 1a2b3c4d5e", "2027-11-12T01:02:03 commit 99aa8bc7de"),
        ("object at 0x7f12ab34", "object at 0x55ee001122"),
    ],
)
def test_paths_times_and_numbers_do_not_make_another_failure(one: str, other: str) -> None:
    """What differs from try to try of the same failure leaves its fingerprint as it is."""
    assert fingerprint([one]) == fingerprint([other])


def test_another_failure_has_another_fingerprint() -> None:
    """Another test, another file, another message: another failure."""
    texts = ["FAILED test_a.py::test_x", "FAILED test_a.py::test_y", "FAILED /x/test_b.py::test_x", "SyntaxError"]

    assert len(texts) == len({fingerprint([text]) for text in texts})
