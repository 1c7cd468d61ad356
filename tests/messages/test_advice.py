"""The words of a choice: figures that a person can read, and commands."""

from __future__ import annotations

import shlex

import pytest

from batchpack.messages.advice import dollars, duration, following
from batchpack.messages.choose import METHODS, Question


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.2, "1 s"), (60, "1 min"), (90, "90 s"), (120, "2 min"), (3600, "1 h"), (5400, "90 min"), (7200, "2 h"),
        (86400, "24 h"), (5 * 86400, "5 days"),
    ],
)  # fmt: skip
def test_times_are_in_units_of_which_there_are_some(seconds: float, words: str) -> None:
    """A length of time is told in the largest unit that does not hide half of it."""
    assert words == duration(seconds)


@pytest.mark.parametrize(
    ("amount", "words"),
    [(0, "$0.00"), (1234.5, "$1,234.50"), (0.55, "$0.55"), (0.0123, "$0.012"), (0.00004, "$0.00004")],
)
def test_small_costs_are_not_rounded_to_nothing(amount: float, words: str) -> None:
    """Cents where there are some, else two digits that say something."""
    assert words == dollars(amount)


def test_commands_are_real_words() -> None:
    """The model is quoted for a shell, the limit leaves room for twice the answer, and tools keep a loop at hand."""
    question = Question(9, tokens_out=500, model="x; rm -rf y")
    found = {method: following(method, question, "/opt/b") for method in METHODS}
    assert found["conversation"] is None
    words = shlex.split(found["batch"] or "")
    assert ["/opt/b", "messages", "submit", "ITEMS"] == words[:4]
    assert ["--model", "x; rm -rf y", "--max-tokens", "1024"] == words[-4:]
    assert None is following("loop", question._replace(needs_tools=True), "b")
