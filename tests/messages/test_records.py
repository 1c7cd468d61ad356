"""Tests of records: what becomes of an item in one line of JSON."""

from __future__ import annotations

import json
from typing import Any

import pytest

from batchpack.messages import records
from batchpack.messages.answers import Reader, by_schema, plain
from batchpack.messages.costs import Tally
from tests.support.offline_jobs import answered, errored

NUMBER = by_schema({"type": "integer", "minimum": 3})


def made(result: dict[str, Any], read: Reader = plain, key: str = '"k"') -> tuple[str, dict[str, Any]]:
    """Return a record's kind and facts."""
    kind, line = records.of_result(7, key, result, read, Tally())
    assert b"\n" not in line
    return kind, json.loads(line)


def test_an_answer_is_kept_as_it_came() -> None:
    """Text, stop reason, model and usage stand behind the item's number and key."""
    facts = {"status": "answered", "index": 7, "key": "k", "answer": "yes\n", "stop_reason": "end_turn"}
    used = {"model": "claude-haiku-4-5", "usage": {"input": 10, "output": 5}}

    assert ("answered", {**facts, **used}) == made(answered("yes\n"))


@pytest.mark.parametrize("text", ["ü 漢字 😀", '"\\ \x00\x1f', "half \ud800 of a pair", "\u2028 line", "\x7f"])
def test_every_text_survives(text: str) -> None:
    """What Python can hold comes back the same, halves of surrogate pairs too."""
    assert text == made(answered(text))[1]["answer"]
    assert text == made(answered("t"), key=json.dumps(text))[1]["key"]


def test_answers_are_quoted_as_python_does() -> None:
    """Each sign stands in a record as Python's own JSON has it, without escapes that are not needed."""
    text = "".join(map(chr, [*range(0xD800), *range(0xE000, 0x110000)]))
    _, line = records.of_result(7, '"k"', answered(text), plain, Tally())

    assert json.dumps(text, ensure_ascii=False) in line.decode()


def test_json_answers_are_values() -> None:
    """With a schema the answer is the value, not its text."""
    assert ("answered", 5) == (made(answered("5"), NUMBER)[0], made(answered("5"), NUMBER)[1]["answer"])


@pytest.mark.parametrize(
    ("result", "kind", "retry", "paid"),
    [
        (answered("half", stop="max_tokens"), "max_tokens", "paid", True),
        (answered("", stop="refusal"), "refusal", "paid", True),
        (answered("2"), "schema", "paid", True),
        (answered("five"), "bad_json", "paid", True),
        (answered(""), "empty", "paid", True),
        (errored("overloaded_error"), "overloaded", "free", False),
        (errored("invalid_request_error", "Your credit balance is too low"), "credit", "pause", False),
        (errored("invalid_request_error", "max_tokens: too many"), "invalid_request", "never", False),
        ({"type": "expired"}, "expired", "free", False),
    ],
)
def test_what_is_no_answer_says_why(result: dict[str, Any], kind: str, retry: str, paid: bool) -> None:
    """Kind, reason, whether it was paid for and what may be done; what the model said is kept."""
    found, facts = made(result, NUMBER)

    assert (kind, kind, retry, paid, "failed") == (
        found, facts["kind"], facts["retry"], facts["paid"], facts["status"],
    )  # fmt: skip
    assert facts["reason"]
    assert ("text" in facts, "usage" in facts) == (paid, paid)


def test_a_call_of_a_tool_is_an_answer() -> None:
    """Its content is kept whole."""
    result = answered("", stop="tool_use")
    result["message"]["content"] = [{"type": "tool_use", "id": "t", "name": "n", "input": {"a": 1}}]
    kind, facts = made(result)

    assert ("answered", "", result["message"]["content"]) == (kind, facts["answer"], facts["content"])


@pytest.mark.parametrize("result", [{}, {"type": "succeeded"}, {"type": "succeeded", "message": {"content": None}}])
def test_what_is_not_in_the_form_of_the_api_is_told(result: dict[str, Any]) -> None:
    """Such a result is no item's failure but a broken download."""
    with pytest.raises((KeyError, TypeError)):
        made(result)


def test_a_pending_item_has_a_record() -> None:
    """An item of which nothing is known yet has its place."""
    assert {"status": "pending", "index": 3, "key": "k"} == json.loads(records.pending(3, '"k"'))
