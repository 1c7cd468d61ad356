"""Reading task files: what is malformed is told with its place and never taken for something else."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from batchpack.errors import BrokenFile
from batchpack.tasks.reading import SIZE_LIMIT, OddFields, decode, parse, read_bytes, to_subtask
from tests.support.tasks import subtask

FILE = Path("subtask_01.json")


@pytest.mark.parametrize(
    ("data", "place", "reason"),
    [
        (b'{\n  "a": 1,\n}', (3, 1), "not valid JSON"),
        (b'{"a": "\xff"}', (1, 8), "not UTF-8"),
        (b'{\n"a": "\xc3\xbc\xfe"}', (2, 9), "not UTF-8"),
        (b"[1]", (1, 1), "a list where an object must be"),
        (b'"a"', (1, 1), "a str where an object must be"),
        (b"", (1, 1), "not valid JSON"),
        (b'{"a": NaN}', (1, 7), "NaN is no JSON"),
        (b'{"a": "NaN",\n "b": [1, NaN]}', (2, 11), "NaN is no JSON"),
        (b'{"a": 1e400, "b": -Infinity}', (1, 19), "-Infinity is no JSON"),
        (b'{"a": ' + b"9" * 5000 + b"}", (1, 7), "a number of 5,000 digits"),
        (b"[" * 100_000, (None, None), "nested too deeply"),
        (b'{"a": ' + b"[" * 200 + b"]" * 200 + b"}", (None, None), "nested too deeply"),
        (b'{"a": 1} x', (1, 10), "Extra data"),
    ],
)
def test_malformed(data: bytes, place: tuple[int | None, int | None], reason: str) -> None:
    """Each malformed content is told with its line and column where there is one."""
    with pytest.raises(BrokenFile, match=reason) as told:
        parse(FILE, data)
    assert place == (told.value.line, told.value.column)


def test_byte_order_mark() -> None:
    """A mark that some editors write at the start is read over."""
    assert parse(FILE, b'\xef\xbb\xbf{"a": 1}') == {"a": 1}
    assert decode(FILE, "ü".encode()) == "ü"


def test_doubled_keys() -> None:
    """Who is about to write refuses a doubled key, of which one would be lost; who only reads does not."""
    assert parse(FILE, b'{"a": 1, "a": 2}') == {"a": 2}
    with pytest.raises(BrokenFile, match="'b' stands twice") as told:
        parse(FILE, b'{"a": {\n "b": 1, "b": 2}}', wary=True)
    assert told.value.line == 2


def test_numbers_that_a_rewrite_would_break() -> None:
    """A number that a rewrite would write as another is refused before it, with its place; who only reads reads it."""
    fine = b'{"a": [1e300, 0.10, 1E5, -0.0, 0e9, 1.2345678901234567]}'
    assert parse(FILE, fine, wary=True) == parse(FILE, fine)
    for word in ("1e400", "0.12345678901234567891", "1e-400"):
        with pytest.raises(BrokenFile, match=f"{word} is ") as told:
            parse(FILE, b'{"a":\n ' + word.encode() + b"}", wary=True)
        assert (told.value.line, told.value.column) == (2, 2)


def test_much_that_is_not_deep() -> None:
    """Brackets in texts and beside each other are no nesting."""
    found = {"a": "[" * 500, "b": [[] for _ in range(500)]}
    assert parse(FILE, json.dumps(found).encode()) == found


def test_odd_files(tmp_path: Path) -> None:
    """A folder, a pipe, a huge file and none are told at once, without waiting or reading them."""
    os.mkfifo(tmp_path / "pipe")
    with (tmp_path / "huge").open("wb") as stream:
        stream.truncate(100_000_000)
    for name, reason in (("", "not a file"), ("pipe", "not a file"), ("huge", "100,000,000 bytes"), ("no", "No such")):
        with pytest.raises(BrokenFile, match=reason):
            read_bytes(tmp_path / name)
    (tmp_path / "most").write_bytes(b" " * SIZE_LIMIT)
    assert len(read_bytes(tmp_path / "most")) == SIZE_LIMIT


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"seq": 1}, "'seq' must be a text"),
        ({"title": ""}, "'title' must be a text"),
        ({"seq": "01\n02"}, "'seq' must be one line"),
        ({"depends_on": ["01\n✓"]}, "'depends_on' must be a list of sequences"),
        ({"status": "done"}, "invalid status 'done'"),
        ({"depends_on": "01"}, "'depends_on' must be a list of texts"),
        ({"depends_on": [1]}, "'depends_on' must be a list of texts"),
        ({"deliverables": {"a": 1}}, "'deliverables' must be a list of texts"),
        ({"parallel": "true"}, "'parallel' must be true or false"),
    ],
)
def test_odd_fields(fields: dict[str, Any], reason: str) -> None:
    """A field that decides something and has not its type is told with the line of its value, never guessed."""
    data = {**subtask("f", "01"), **fields}
    raw = json.dumps(data, indent=2).encode()
    with pytest.raises(OddFields, match=reason) as told:
        to_subtask(Path("f"), "subtask_01.json", data, raw)
    line = raw.decode().splitlines()[(told.value.line or 0) - 1]
    assert f'"{next(iter(fields))}": '.endswith(line[: (told.value.column or 0) - 1].strip() + " ")


def test_missing_fields() -> None:
    """Only id, sequence, title and status must be there; a list that is missing or null is empty."""
    found = to_subtask(
        Path("f"), "s", {"id": "f-01", "seq": "01", "title": "T", "status": "pending", "depends_on": None}, b""
    )
    assert ((), (), False) == (found.depends_on, found.deliverables, found.parallel)
    with pytest.raises(OddFields, match="missing required field 'id'"):
        to_subtask(Path("f"), "s", {"seq": "01"}, b"{}")
