"""Tests of answers: text as it came, JSON held to a schema or a pydantic model, errors with their place."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import BaseModel, Field

from batchpack.messages.answers import BadAnswer, BadSchema, by_model, by_schema, parse, plain, text_of

SCHEMA = {
    "type": "object",
    "properties": {"bugs": {"type": "array", "items": {"$ref": "#/$defs/bug"}}, "score": {"minimum": 1, "maximum": 5}},
    "required": ["bugs"],
    "$defs": {"bug": {"type": "string", "maxLength": 5}},
}


class Review(BaseModel):
    """A model as users write them."""

    severity: str = Field(pattern="^(low|high)$")
    lines: list[int] = []


def refusal(text: str, reader: Any) -> tuple[str, str]:
    """Return kind and reason of what a reader says to an answer."""
    with pytest.raises(BadAnswer) as caught:
        reader(text)
    return caught.value.kind, caught.value.reason


def test_the_text_of_a_message_is_all_its_text() -> None:
    """Thinking and other blocks are left out, several texts are joined."""
    blocks = [{"type": "thinking", "thinking": "hm"}, {"type": "text", "text": "a"}, {"type": "text", "text": "b"}]

    assert "ab" == text_of({"content": blocks})
    assert "" == text_of({"content": []})
    assert " x\n" == plain(text_of({"content": [{"type": "text", "text": " x\n"}]}))


def test_an_answer_that_fits_is_its_value() -> None:
    """What the schema allows comes back as the value."""
    assert {"bugs": ["a"], "score": 5} == by_schema(SCHEMA)('{"bugs": ["a"], "score": 5}')


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        ('{"bugs": ["too long"]}', "schema", "$.bugs[0]"),
        ('{"bugs": [], "score": 9}', "schema", "$.score"),
        ("{}", "schema", "'bugs' is a required property"),
        ("[]", "schema", "$:"),
        ('{"bugs": [', "bad_json", "not JSON"),
        ("", "bad_json", "not JSON"),
        ('Here: {"bugs": []}', "bad_json", "not JSON"),
        ('{"bugs": [], "score": NaN}', "bad_json", "NaN"),
        ("[" * 100_000, "bad_json", "not JSON"),
    ],
)
def test_an_answer_that_does_not_fit_is_told_with_its_place(text: str, kind: str, words: str) -> None:
    """Also what the service cannot enforce, such as lengths and ranges, is checked."""
    found, reason = refusal(text, by_schema(SCHEMA))

    assert kind == found
    assert words in reason


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "objekt"},
        {"properties": {"a": {"minimum": "1"}}},
        {"$ref": "https://example.com/other.json"},
        {"properties": {"a": {"$ref": "#/$defs/none"}}},
    ],
)
def test_a_schema_that_is_none_is_refused(schema: dict[str, Any]) -> None:
    """A wrong schema, and one that refers to what it does not hold, is told before anything is sent or fetched."""
    with pytest.raises(BadSchema):
        by_schema(schema)


def test_a_property_may_be_called_ref() -> None:
    """Only a reference is taken for one."""
    schema = {"properties": {"$ref": {"type": "string"}}}

    assert {"$ref": "x"} == by_schema(schema)('{"$ref": "x"}')


def test_an_answer_is_held_to_a_model() -> None:
    """A pydantic model takes what fits, and the answer stays as the model wrote it, without defaults."""
    assert {"severity": "low"} == by_model(Review)('{"severity": "low"}')


def test_what_a_model_refuses_is_told_with_its_place() -> None:
    """The first error and how many more there are."""
    kind, reason = refusal('{"severity": "mid", "lines": ["x"]}', by_model(Review))

    assert "schema" == kind
    assert reason.startswith("$.severity: ")
    assert reason.endswith("(and 1 more)")


def test_numbers_keep_what_json_knows() -> None:
    """A value is what the text says."""
    assert [1, 2.5, None, True] == parse("[1, 2.5, null, true]")
