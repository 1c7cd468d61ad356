"""Blocks: many lines at once make the same items as one by one, whatever stands among them."""

from __future__ import annotations

import json
from datetime import UTC
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from batchpack import rows
from batchpack.items import bulk, sources
from batchpack.items.shaping import Shape
from batchpack.items.values import SIZE_LIMIT, BadRow, Item, Rejects

TWO = "2026-02-03T10:00:00Z\n2026-02-03T10:00:00Z"
LINES = st.one_of(
    st.sampled_from(
        [
            b"", b"  ", b"{", b"[]", b"7", b"\xff", b'{"id": "a"} {"id": "b"}',
            b'{"id": "x", "at": "2026-02-30T10:00:00Z"}',
            b'\xef\xbb\xbf{"id": "mark"}', b'{"id": "a.lock"}', b'{"id": "a..b"}', b'{"id": "a\\nb"}', b'{"id": 7}',
            b'{"id": true}', b'{"id": "big", "n": 123456789012345678901234567890}', b'{"id": "half", "t": "\\ud800"}',
            b'{"id": "w", "writes": "src"}', b'{"id": "c", "category": 3}', b'{"id": "c2", "category": "x\\ny"}',
            b'\t{"id": "space", "at": ""} \r',
        ]
    ),
    st.builds(
        lambda number, at: json.dumps({"id": f"i{number}", "at": at}).encode(),
        st.integers(0, 99),
        st.sampled_from(["2026-02-03T10:00:00Z", "2024-02-29T10:00:00Z", "2026-02-03", TWO, 1770112800, None, "soon"]),
    ),
)  # fmt: skip


def told(items: list[Item], shape: Shape, rejects: Rejects) -> dict[str, Any]:
    """Return all that is known after a reading."""
    return {"items": items, "rejected": rejects.rows, "fields": (shape.id, shape.at, shape.category, shape.declared)}


def one_by_one(folder: Path) -> dict[str, Any]:
    """Read the lines of a file one at a time."""
    shape, rejects = Shape(), Rejects(keep_going=True)
    found = sources.open_source("a.jsonl", folder).read(rejects)
    return told(list(shape.items(found, rejects)), shape, rejects)


def at_once(folder: Path) -> dict[str, Any]:
    """Read them many at a time."""
    shape, rejects = Shape(), Rejects(keep_going=True)
    blocks = list(bulk.blocks([sources.open_source("a.jsonl", folder)], shape, rejects))
    items = [((*row[:6],), row[6]) for block in blocks for row in zip(*block, strict=True)]
    return told(items, shape, rejects)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines=st.lists(LINES, max_size=12), piece=st.sampled_from([1, 40, 1 << 16]), end=st.sampled_from([b"", b"\n"]))
def test_the_same_as_one_by_one(tmp_path: Path, lines: list[bytes], piece: int, end: bytes) -> None:
    """Items, what is set aside, in which order, and the fields chosen do not tell how the lines were read."""
    (tmp_path / "a.jsonl").write_bytes(b"\n".join(lines) + end)
    before, rows.PIECE = rows.PIECE, piece
    try:
        assert one_by_one(tmp_path) == at_once(tmp_path)
    finally:
        rows.PIECE = before


def test_ordinary_lines_take_the_quick_way() -> None:
    """Lines with ids, times and categories, or none of them, need no closer look."""
    fields = {"id": "a", "at": "2026-01-31T23:59:59Z", "category": "x"}
    for row in (
        fields,
        {"id": 7, "category": ""},
        {"text": "x"},
        {"id": "b", "date": "Tue, 3 Feb 2026 10:00:00 +0100"},
    ):
        block = bulk._at_once([json.dumps(row).encode()] * 2, 5, "f", Shape(home=UTC))
        assert block is not None
        assert ["f:5", "f:6"] == block.places


def test_a_line_that_is_too_long(tmp_path: Path) -> None:
    """It is told with its number; those around it are read."""
    long = b'{"id": "long", "text": "' + b"x" * SIZE_LIMIT + b'"}'
    (tmp_path / "a.jsonl").write_bytes(b'{"id": "a"}\n' + long + b'\n{"id": "b"}\n')
    read = at_once(tmp_path)

    assert ["a", "b"] == [row[0] for row, _ in read["items"]]
    assert [("a.jsonl:2", "the line has more than 10,000,000 bytes")] == read["rejected"]


def test_the_first_broken_line_ends_it(tmp_path: Path) -> None:
    """Without keep_going nothing behind a broken line is looked at."""
    (tmp_path / "a.jsonl").write_bytes(b'{"id": "a"}\n{\n{\n')
    with pytest.raises(BadRow, match=r"a\.jsonl:2:2"):
        list(bulk.blocks([sources.open_source("a.jsonl", tmp_path)], Shape(), Rejects()))


def test_blocks_end_by_count_and_by_bytes() -> None:
    """A block has at most so many items, and not many more bytes than one of their size."""
    small: list[Item] = [(("a", "0", None, None, 2, "p"), b"{}")] * (bulk.COUNT + 1)
    large: list[Item] = [(("a", "0", None, None, 2, "p"), b"x" * bulk.BYTES)] * 3

    assert [bulk.COUNT, 1] == [len(block.names) for block in bulk.of(small)]
    assert [2, 1] == [len(block.names) for block in bulk.of([*large[:1], *small[:1], *large[:1]])]
