"""Requests: the template's text between parts that all share; what cannot be rendered is told with item and field."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from batchpack.errors import BatchpackError, BrokenFile, UsageError
from batchpack.messages.items import BadItem, Item
from batchpack.messages.requests import Template, Writer, parameters, read_template

SHARED = parameters("claude-haiku-5-5", 100)


def written(template: str, fields: dict[str, Any], number: int = 0) -> dict[str, Any]:
    """Return the parameters of one request."""
    writer = Writer(Template(template, Path("review.j2")), SHARED)
    found: dict[str, Any] = json.loads(writer.params(Item(number, f"k{number}", fields, f"line {number + 1}")))
    return found


def test_a_request() -> None:
    """A request has what all share, and one message of the user's with the rendered text, whatever letters it holds."""
    text = 'quote " backslash \\ newline \n tab \t é 😀 \u2028 {{ not_again }}'

    assert {**SHARED, "messages": [{"role": "user", "content": f"Look: {text}"}]} == written(
        "Look: {{ t }}", {"t": text}
    )


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("{{ code }}", "'code' is undefined; its fields: text"),
        ("{{ text.nope }}", "nope"),
        ("{{ text + 1 }}", "TypeError"),
    ],
)
def test_a_missing_field_is_told(template: str, said: str) -> None:
    """The item by number, key and place, and the field that is missing beside those there are."""
    with pytest.raises(BadItem) as caught:
        written(template, {"text": "x"}, 11)

    assert caught.value.message.startswith("item 11 (key 'k11'), line 12: ")
    assert said in caught.value.message
    assert "nothing was sent" in caught.value.hint


@pytest.mark.parametrize("text", ["", "  \n", "\ud800"])
def test_a_text_that_cannot_be_sent(text: str) -> None:
    """An empty prompt and half of a pair of surrogates are refused before anything is sent."""
    with pytest.raises(BadItem):
        written("{{ t }}", {"t": text})


def test_a_broken_template_is_told_with_its_line() -> None:
    """A syntax error is the template's, not an item's."""
    with pytest.raises(BrokenFile, match=r"review\.j2:2"):
        written("fine\n{% if %}", {"t": 1})


def test_a_template_without_fields_is_refused() -> None:
    """Where two items make the same prompt, the template forgot the item."""
    writer = Writer(Template("Summarise!", None), SHARED)
    writer.params(Item(0, 0, {"t": "a"}, "line 1"))

    with pytest.raises(BatchpackError, match="the first two items are the same"):
        writer.params(Item(1, 1, {"t": "b"}, "line 2"))


def test_a_template_cannot_reach_out(tmp_path: Path) -> None:
    """A template of the user's is sandboxed like any other."""
    with pytest.raises(BatchpackError):
        written("{{ ''.__class__.__mro__ }}", {"t": 1})


def test_parameters() -> None:
    """A cached system prompt is a marked block for an hour, an uncached one plain; other parameters come along."""
    cached = parameters("m", 1, system="Be brief.", cache=True)["system"][0]

    assert {"type": "ephemeral", "ttl": "1h"} == cached["cache_control"]
    assert "Be brief." == parameters("m", 1, system="Be brief.")["system"]
    assert {"model": "m", "max_tokens": 1, "thinking": {"type": "disabled"}} == parameters(
        "m", 1, extra={"thinking": {"type": "disabled"}}
    )


@pytest.mark.parametrize("options", [{"cache": True}, {"extra": {"messages": []}}, {"extra": {"model": "x"}}])
def test_parameters_that_contradict_each_other(options: dict[str, Any]) -> None:
    """Nothing to cache, and parameters that have options of their own, are usage errors."""
    with pytest.raises(UsageError):
        parameters("m", 1, **options)


def test_a_template_file(tmp_path: Path) -> None:
    """The text, where it lies, and a hash that changes with the text."""
    path = tmp_path / "a.j2"
    path.write_text("{{ a }}")
    first = read_template(path)
    path.write_text("{{ b }}")

    assert ("{{ a }}", path, path) == (first.source, first.path, first.name)
    assert first.sha256 != read_template(path).sha256
    assert Path("--prompt") == Template("x", None).name
