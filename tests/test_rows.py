"""Rows: what is broken is told with its line, and the rest is still read."""

from __future__ import annotations

import csv
import io
import json

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from batchpack import rows
from batchpack.rows import Row

Told = list[tuple[int, str]]


def read(kind: str, text: bytes, limit: int = 1000) -> tuple[list[Row], Told]:
    """Read rows and return them with what was told as broken."""
    told: Told = []

    def broken(line: int, reason: str, _column: int | None) -> None:
        told.append((line, reason))

    numbered = rows.lines(io.BytesIO(text), broken, limit)
    found = rows.jsonl(numbered, broken) if kind == "jsonl" else rows.table(numbered, broken, limit=limit)
    return list(found), told


def test_jsonl_goes_on_after_broken_lines() -> None:
    """Each broken line is told by its number, and all others come."""
    text = b'\xef\xbb\xbf{"a": 1}\n\n{"a": }\n[1]\n\xff\n' + b"[" * 900 + b'\n{"a": "\\ud800", "b": 1e999}\n'
    found, told = read("jsonl", text)

    assert [(1, {"a": 1}), (7, {"a": "\ud800", "b": float("inf")})] == [(row.line, row.fields) for row in found]
    assert [3, 4, 5, 6] == [line for line, _ in told]


def test_a_line_over_the_limit_is_not_held() -> None:
    """A line of more bytes than the limit is told, with or without an end, and the next one is read."""
    found, told = read("jsonl", b'{"a": "' + b"x" * 2_000_000 + b'"}\n{"a": 2}\n' + b"y" * 5000)

    assert [(2, {"a": 2})] == [(row.line, row.fields) for row in found]
    assert [(1, "the line has more than 1,000 bytes"), (3, "the line has more than 1,000 bytes")] == told


def test_a_quote_that_nobody_closes_takes_one_row() -> None:
    """The row is told by the line it begins on; those below it come all the same."""
    found, told = read("csv", b'id,text\na,one\nb,"two\nc,three\nd,"four\nlines"\n')

    assert [("a", "one"), ("c", "three"), ("d", "four\nlines")] == [row.raw for row in found]
    assert [3] == [line for line, _ in told]


def test_a_row_of_another_width_is_told() -> None:
    """Too few and too many cells are told with their line."""
    found, told = read("csv", b"id,text\na\nb,two\n\nc,3,4\n")

    assert [Row(("b", "two"), {"id": "b", "text": "two"}, 3)] == found
    assert [(2, "1 cells where the head has 2"), (5, "3 cells where the head has 2")] == told


def test_a_row_without_end_is_cut() -> None:
    """A quote that stays open for longer than the limit does not make the whole file one row."""
    found, told = read("csv", b'id\n"open\n' + b"".join(b"row%d\n" % n for n in range(400)))

    assert 400 == len(found)
    assert [(2, "the row has no end within 1,000 bytes; is a quote not closed?")] == told


def test_two_columns_of_one_name() -> None:
    """A head that names a field twice is told, and no row is read."""
    assert ([], [(1, "two columns have the same name")]) == read("csv", b"a,a\n1,2\n")


@settings(deadline=None)
@given(st.lists(st.dictionaries(st.text(max_size=5), st.integers() | st.text(max_size=9), max_size=3), max_size=20))
def test_what_was_written_as_jsonl_is_read(objects: list[dict[str, object]]) -> None:
    """Every object comes back, in order, with nothing told."""
    text = "".join(json.dumps(one) + "\n" for one in objects)
    found, told = read("jsonl", text.encode(), 100_000)

    assert (objects, []) == ([row.fields for row in found], told)


@settings(deadline=None)
@given(st.lists(st.tuples(st.text(max_size=9), st.text(max_size=9)), max_size=20))
def test_what_was_written_as_csv_is_read(cells: list[tuple[str, str]]) -> None:
    """Every row comes back, whatever letters it has."""
    assume(not any("\r" in cell for row in cells for cell in row))
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerows([("a", "b"), *cells])
    found, told = read("csv", out.getvalue().encode(), 100_000)

    assert ([tuple(row) for row in cells], []) == ([row.raw for row in found], told)


@pytest.mark.parametrize("size", [1, 3, 1 << 16])
def test_pieces_are_the_same_lines(monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    """Many lines at a time have the numbers and contents of one at a time, and those too long are told the same."""
    monkeypatch.setattr(rows, "PIECE", size)
    text = b'{"a": 1}\n\n{"b": "' + b"x" * 40 + b'"}\n{"c": 3}\r\nlast'
    one, many = list[tuple[int, str]](), list[tuple[int, str]]()
    lines = [
        (number, line.removesuffix(b"\n"))
        for number, line in rows.lines(io.BytesIO(text), lambda number, reason, _: one.append((number, reason)), 20)
    ]
    found = [
        numbered
        for first, piece in rows.pieces(io.BytesIO(text), 20)
        for numbered in rows.numbered(first, piece, lambda number, reason, _: many.append((number, reason)), 20)
    ]

    assert lines == found
    assert [(3, "the line has more than 20 bytes")] == one == many
