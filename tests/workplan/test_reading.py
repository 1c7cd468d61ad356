"""Values of a plan file: what is off becomes a complaint."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from batchpack.workplan.fields import TASK, Field
from batchpack.workplan.located import parse
from batchpack.workplan.reading import Reader

POOLS = {"pools": Field("pools", "")}


def read(text: str, table: dict[str, Field] = TASK) -> tuple[dict[str, Any], list[str]]:
    """Read a mapping and return its values and what was complained of."""
    reader = Reader(Path("p.yaml"))
    found = reader.values(reader.mapping(parse(text, reader.path), table, "a task"), table)
    return found, list(map(str, reader.complaints))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("timeout: 90", 90.0), ("timeout: 90 s", 90.0), ("timeout: 1.5min", 90.0), ("timeout: 2 h", 7200.0),
        ("timeout: 15 minutes", 900.0), ("verify: pytest -q", ("pytest -q",)), ("verify: [a, 'b c']", ("a", "b c")),
        ("depends_on: 001", ("001",)), ("attempts: 3", 3), ("priority: -2", -2), ("flaky: yes", True),
        ("flaky: false", False), ("prompt: |\n  a\n  b\n", "a\nb\n"), ("title: ' x '", "x"), ("id: 1e3", "1e3"),
        ("command: on", "on"),
    ],
)  # fmt: skip
def test_values_are_of_their_kind(text: str, value: object) -> None:
    """Times have units, one text is a list of one, and an id is as it was written."""
    assert ({text.partition(":")[0]: value}, []) == read(text)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("timeout: soon", "a time"), ("timeout: -1", "a time"), ("timeout: [1]", "a time"), ("attempts: 1.5", "whole"),
        ("attempts: 99999999999", "whole"), ("flaky: 'yes'", "true or false"), ("flaky: 2", "true or false"),
        ("verify: {a: b}", "list of texts"), ("verify: [[a]]", "list of texts"), ("title: [a]", "a text"),
        ("prompt: {}", "a text"), ("promt: x", "did you mean prompt?"), ("zzz: 1", "known: id, title"),
        ("id: a\nid: b", "stands twice"), ("[a]: b", "a key must be a word"), ("- a", "a mapping of keys"),
        ("x", "a mapping of keys"), ("verify: [" + "a," * 1001 + "]", "at most 1,000"),
    ],
)  # fmt: skip
def test_what_is_off_is_told(text: str, word: str) -> None:
    """A value of another kind, an unknown key and a key that stands twice are told with their line."""
    complaints = read(text)[1]

    assert 1 == len(complaints)
    assert complaints[0].startswith("p.yaml:")
    assert word in complaints[0]


def test_what_is_left_empty_is_not_given() -> None:
    """A key without a value is as if it were not there."""
    assert ({}, []) == read("agent:\nverify: ~\nmodel: null\n")


def test_pools_have_places() -> None:
    """Pools are names with whole numbers."""
    assert ({"pools": {"db": 1, "gpu": 2}}, []) == read("pools: {db: 1, gpu: 2}", POOLS)
    assert ["p.yaml:1: pools must be a mapping"] == [said[:33] for said in read("pools: {db: many}", POOLS)[1]]
    assert 1 == len(read("pools: [db]", POOLS)[1])
