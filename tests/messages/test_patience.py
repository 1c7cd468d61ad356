"""Tests of patience: what is asked again, after how long, and what no repetition would change."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from batchpack.messages.intake import BrokenResults, ForeignResults
from batchpack.messages.patience import patiently, pause
from batchpack.provider import Refused, Unknown


def failing(*errors: Exception) -> Callable[[], str]:
    """Return a question that fails this way before it is answered."""
    left = list(errors)

    def ask() -> str:
        if left:
            raise left.pop(0)
        return "yes"

    return ask


def test_it_is_asked_again_until_there_is_an_answer() -> None:
    """Each failure is told, and pauses grow unless the service says how long they are."""
    told: list[str] = []
    slept: list[float] = []
    errors = (Unknown("gone"), Refused(429, "rate_limit_error", "slow", retry_after=7), BrokenResults("cut"))

    assert "yes" == patiently(failing(*errors), 4, told.append, sleep=slept.append)
    assert 3 == len(told)
    assert 7 == slept[1]
    assert 2 <= slept[2] <= 2.5


def test_the_last_failure_is_raised() -> None:
    """After so many tries it is told as what it is."""
    with pytest.raises(Unknown, match="third"):
        patiently(failing(Unknown("first"), Unknown("second"), Unknown("third")), 3, print, sleep=lambda _: None)


@pytest.mark.parametrize(
    ("error", "again"),
    [
        (Unknown("cut"), True),
        (Refused(0, "unreachable", "no network"), True),
        (Refused(529, "overloaded_error", "busy"), True),
        (Refused(0, "credentials", "no key"), False),
        (Refused(429, "rate_limit_error", "stop", code="enforced_spend_limit_reached"), False),
        (Refused(401, "authentication_error", "who"), False),
        (Refused(404, "not_found_error", "none"), False),
        (ForeignResults("of another"), False),
        (BrokenResults("cut"), True),
    ],
)
def test_only_what_may_change_is_asked_again(error: Exception, again: bool) -> None:
    """Trouble on the way passes; a wrong key or a spent limit does not."""
    assert again == (pause(error, 0) is not None)


def test_pauses_have_an_end() -> None:
    """However often it failed, a minute and a quarter is the most, and an hour where the service asks for more."""
    longest = pause(Unknown("x"), 500)

    assert longest is not None
    assert 60 <= longest <= 75
    assert 3600 == pause(Refused(429, "rate_limit_error", "slow", retry_after=10**6), 0)
