"""What a message of opencode's records says was used."""

from __future__ import annotations

import importlib
import json
from typing import Any

import pytest

from batchpack.collector import MOST_OF_ONE, Complaint, Session, Used
from tests.support.opencode_records import NOON, answer
from tests.support.pack import host

SESSION = Session("opencode", "ses_a")
KEY = f"msg_{NOON * 4096 % 2**48:012x}abcdefghijklmn"
NONSENSE = Complaint("a count of tokens that makes no sense", KEY)
UNREADABLE = Complaint("a message that cannot be read", KEY)


@pytest.fixture
def answered() -> Any:
    """Return the function under test."""
    return importlib.import_module(f"{host('opencode').__name__}.answers").answered  # type: ignore[attr-defined]


def told(answered: Any, data: object, key: str = KEY) -> tuple[Used | Complaint, ...]:
    """Read a message."""
    facts: tuple[Used | Complaint, ...] = answered(SESSION, key, NOON, json.dumps(data)).facts
    return facts


def test_each_token_is_told_once(answered: Any) -> None:
    """Reasoning is output, what the cache was given or gave is not input, and opencode's own price is kept apart."""
    data = answer(NOON, 100, 10, thought=5, cached=1000, kept=30, cost=0.25, modelID="claude-sonnet-4-5")

    used = Used(SESSION, KEY, NOON / 1000, "claude-sonnet-4-5", 100, 15, 1000, 30, dollars=0.25)
    assert (used,) == told(answered, data)


def test_a_price_of_nothing_is_none(answered: Any) -> None:
    """A cost of 0 means that opencode knows no price."""
    assert [None] == [one.dollars for one in told(answered, answer(NOON)) if isinstance(one, Used)]


@pytest.mark.parametrize(
    ("data", "facts"),
    [
        ({"role": "user", "time": {"created": NOON}}, ()),
        (answer(NOON, 0, 0, finish=None, error={"name": "APIError"}), ()),
        (answer(NOON, 0, 0), ()),
        (answer(NOON, -1), (NONSENSE,)),
        (answer(NOON, MOST_OF_ONE + 1), (NONSENSE,)),
        (answer(NOON, 1.5), (NONSENSE,)),
        (answer(NOON, True), (NONSENSE,)),
        (answer(NOON, "100"), (NONSENSE,)),
        (answer(NOON, None), (NONSENSE,)),
        (answer(NOON, float("nan")), (NONSENSE,)),
        (answer(NOON, 10**400), (NONSENSE,)),
        ({**answer(NOON, 0, 0), "tokens": [1, 2]}, ()),
        ([1], (UNREADABLE,)),
        (None, (UNREADABLE,)),
    ],
)  # fmt: skip
def test_what_is_no_measurement_is_told(answered: Any, data: object, facts: tuple[Complaint, ...]) -> None:
    """What people say and refused answers tell nothing; counts that cannot be are complained of."""
    assert facts == told(answered, data)


@pytest.mark.parametrize("data", ["{", "", "\ud800", None, 7, b"\xff", '{"a":' * 100_000])
def test_what_is_no_json_is_told(answered: Any, data: object) -> None:
    """A message that is not JSON, or too long to be read, is complained of."""
    assert ((UNREADABLE,), False, False) == answered(SESSION, KEY, NOON, data)


@pytest.mark.parametrize(("said", "finish", "silent"), [(0, "stop", True), (0, None, False), (1, "stop", False)])
def test_an_answer_may_say_nothing_of_tokens(answered: Any, said: int, finish: str | None, silent: bool) -> None:
    """An answer that came to its end without a count is told apart from one that was broken off."""
    data = answer(NOON, 0, said, finish=finish)

    assert silent == answered(SESSION, KEY, NOON, json.dumps(data)).silent


def test_an_answer_without_an_end_is_open(answered: Any) -> None:
    """What it used so far is told, and that there may be more."""
    data = answer(NOON, 7, 1)
    del data["time"]["completed"]
    found = answered(SESSION, KEY, NOON, json.dumps(data))

    assert (True, [7]) == (found.open, [one.input for one in found.facts])


@pytest.mark.parametrize(("after", "counts"), [(0, True), (400, True), (501, False), (2_000, False), (-5, True)])
def test_copies_in_a_forked_session_are_passed_over(answered: Any, after: int, counts: bool) -> None:
    """A message whose id was made after its end came with a fork: the answer was given once."""
    key = f"msg_{(NOON + after) * 4096 % 2**48:012x}abcdefghijklmn"

    assert counts == bool(told(answered, answer(NOON), key))


def test_a_clock_that_goes_back_makes_no_copies(answered: Any) -> None:
    """An answer that ends before it began counts."""
    data = answer(NOON)
    data["time"]["completed"] = NOON - 3_600_000

    assert [100] == [one.input for one in told(answered, data) if isinstance(one, Used)]


@pytest.mark.parametrize(
    ("times", "at"), [({}, NOON), ({"created": "x"}, NOON), ([], NOON), ({"created": 5_000}, 5_000)]
)
def test_a_time_that_is_missing_is_that_of_the_row(answered: Any, times: object, at: int) -> None:
    """Without a time of its own, a message has that of its row."""
    found = told(answered, {**answer(NOON), "time": times}, "msg_of_old")

    assert [at / 1000] == [one.at for one in found if isinstance(one, Used)]
