"""Words: what was added and set aside, tables, and texts of others without control characters."""

from __future__ import annotations

from batchpack.items import words
from batchpack.items.chunking import Chunk
from batchpack.items.values import Added


def test_what_was_added() -> None:
    """Missing times and categories are told where others have them."""
    found = Added(3, 100, 25, 1, 3, "x", ())

    assert ["Batch b: 3 items, 100 B, about 25 tokens.", "  1 item has no time"] == words.added("b", found)


def test_what_was_set_aside() -> None:
    """The first five are shown, the others counted, and nothing hides in them."""
    rows = [(f"f:{n}", "bad \x1b[31mthing") for n in range(7)]
    told = words.rejected(rows)

    assert ("7 rows were set aside:", "  f:0: bad thing") == (told[0], told[1])
    assert "  and 2 more: batchpack items status --rejected" == told[-1]
    assert [] == words.rejected([])


def test_tables() -> None:
    """Columns stand below their heads."""
    table = list(words.chunk_table([Chunk(1, "2025-11", 2, 1200, 300), Chunk(2, "a\nb", 1, 10, 3)]))
    item = {"id": "a", "at": None, "category": "x", "judged": None, "size": 5, "chunk": None, "disposition": None}

    assert ["chunk     of       items  size    tokens", "chunk-01  2025-11  2      1.2 kB  300"] == table[:2]
    assert "a     -   x         5 B   -      pending" == list(words.item_table([item]))[1]
