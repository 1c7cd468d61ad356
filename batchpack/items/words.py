"""How items and chunks are told to people."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from batchpack.amounts import count, size
from batchpack.items.chunking import Chunk, name
from batchpack.items.values import Added
from batchpack.plaintext import clean, line

__all__ = ["added", "chunk_table", "count", "item_lines", "item_table", "rejected", "size", "table"]

SHOWN = 5
LONGEST = 2000
"""Characters of a value that are shown among those of other items."""


def added(batch: str, found: Added) -> list[str]:
    """Say what became of sources."""
    lines = [f"Batch {batch}: {count(found.items, 'item')}, {size(found.size)}, about {found.tokens:,} tokens."]
    if 0 < found.undated < found.items:
        lines.append(f"  {count(found.undated, 'item has', 'items have')} no time")
    if 0 < found.uncategorised < found.items:
        lines.append(f"  {count(found.uncategorised, 'item has', 'items have')} no category")
    return lines


def rejected(rows: Sequence[tuple[str, str]]) -> list[str]:
    """Say what was set aside, the first few with their places."""
    if not rows:
        return []
    more = [f"  and {len(rows) - SHOWN:,} more: batchpack items status --rejected"] if len(rows) > SHOWN else []
    head = f"{count(len(rows), 'row was', 'rows were')} set aside:"
    return [head, *(f"  {line(place)}: {line(reason, 300)}" for place, reason in rows[:SHOWN]), *more]


def chunk_table(chunks: Sequence[Chunk]) -> Iterator[str]:
    """Yield chunks as lines of a table."""
    names = [(name(one.number, len(chunks)), one) for one in chunks]
    cells = [(named, line(one.label, 60), f"{one.items:,}", size(one.size), f"{one.tokens:,}") for named, one in names]
    return table(("chunk", "of", "items", "size", "tokens"), cells)


def item_table(items: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Yield items as lines of a table."""
    heads = ("item", "at", "category", "size", "chunk", "standing")
    cells = [
        (
            one["id"], one["at"] or "-", line(one["judged"] or one["category"] or "-", 40), size(one["size"]),
            str(one["chunk"] or "-"), one["disposition"] or "pending",
        )
        for one in items
    ]  # fmt: skip
    return table(heads, cells)


def item_lines(items: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Yield items with their fields, a JSON object a line; of a long text the beginning, with how to see all of it."""
    for one in items:
        fields = {name: _short(value, one["id"]) for name, value in one["fields"].items()}
        yield clean(json.dumps({"item": one["id"], **fields}, ensure_ascii=False))


def _short(value: Any, item: str) -> Any:
    """Return a value, or the beginning of one that is long."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return value if len(text) <= LONGEST else f"{text[:LONGEST]}… (all of it: batchpack items show {item})"


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield rows below their heads, in columns."""
    cells = [heads, *rows]
    widths = [max(len(row[at]) for row in cells) for at in range(len(heads))]
    for row in cells:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
