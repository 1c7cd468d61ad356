"""Answers made into records."""

from __future__ import annotations

import json
from contextlib import suppress
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batchpack.item_runs import answers
from batchpack.item_runs.values import Options, Said, Subject
from batchpack.messages.answers import BadAnswer, by_schema
from tests.item_runs.conftest import Make

TWO = Subject("t", 1, ({"id": "a", "fields": {}}, {"id": "b", "fields": {}}))
ONE = Subject("t", 1, TWO.items[:1])
AGENT: Any = SimpleNamespace(AGENT=True, NAME="toy")


def judged(options: Options, subject: Subject, text: str, code: int = 0) -> list[tuple[str, str, str | None]]:
    """Return the records of an answer."""
    return [(one.item, one.disposition, one.category) for one in answers.judged(options, subject, Said(text, code))]


@pytest.mark.parametrize("form", ["{}", "I looked.\n```json\n{}\n```", 'first {{"a": 1}} then {}', "{}\n"])
def test_an_object_is_found_in_words(form: str, options: Make) -> None:
    """The last JSON object of an answer counts, alone, behind words or in a fence."""
    text = form.replace("{{", "<").replace("}}", ">").replace("{}", json.dumps({"category": "x"}))

    assert [("a", "done", "x")] == judged(options(executor=AGENT), ONE, text.replace("<", "{").replace(">", "}"))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("nothing", "no JSON object"),
        ("", "no JSON object"),
        ("{}", "no category"),
        ('{"category": 7}', "no category"),
        ('{"category": "x", "disposition": "maybe"}', "disposition is none of"),
    ],
)
def test_what_does_not_fit_is_told(text: str, told: str, options: Make) -> None:
    """An answer that makes no record is refused with the reason."""
    with pytest.raises(BadAnswer, match=told):
        judged(options(executor=AGENT), ONE, text)


@pytest.mark.parametrize(
    ("items", "told"),
    [(["a"], "1 items are missing: b"), (["a", "b", "b"], "twice"), (["a", "b", "c"], "not asked for")],
)
def test_a_chunk_has_each_item_once(items: list[str], told: str, options: Make) -> None:
    """An answer about several items has each of them exactly once, and no other."""
    text = json.dumps([{"item": one, "category": "x"} for one in items])
    with pytest.raises(BadAnswer, match=told):
        judged(options(executor=AGENT, per="chunk"), TWO, text)


def test_a_command_is_judged_by_its_code(options: Make) -> None:
    """Without a schema exit code 0 is done, the last line says why; another code has failed."""
    assert [("a", "done", None)] == judged(options(), ONE, "x\nwell done\n")
    with pytest.raises(BadAnswer, match="exit code 3: no room"):
        judged(options(), ONE, "no room\n", 3)


def test_a_schema_decides(options: Make) -> None:
    """With a schema the answer is held to it, and kept whole."""
    schema = {"type": "object", "required": ["sum"], "properties": {"sum": {"type": "integer"}}}
    one = options(executor=AGENT, schema=schema, reader=by_schema(schema))

    assert {"sum": 3} == answers.judged(one, ONE, Said('{"sum": 3}', 0))[0].data
    with pytest.raises(BadAnswer, match="sum"):
        judged(one, ONE, '{"sum": "3"}')


@given(st.text(max_size=300))
def test_no_text_breaks_it(text: str) -> None:
    """Whatever a model says, there is a value or a reason."""
    with suppress(BadAnswer):
        assert isinstance(answers.find(text, dict), dict)
