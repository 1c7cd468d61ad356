"""Tables for people: numbers at the right, nothing that acts upon a terminal, folded where the window is narrow."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from batchpack import plaintext

GAP = "  "
LONGEST = 40
"""A cell has no more characters than these; it gets shorter where the window is narrow, but not below FEWEST."""
FEWEST = 24
_NUMBER = re.compile(r"[-~]?\$?[0-9][0-9,.]*(?:%|x| [a-z(].*)?(?:\+\?)?|unknown|none|-|")


def table(rows: Sequence[Sequence[str]], width: int | None = None, keep: int = 1, breaks: int = 0) -> list[str]:
    """Set rows in columns, the first row being their heads; columns that hold numbers stand at the right.

    Where a window of `width` characters cannot hold them all, further columns follow below as a table of their own that
    begins with the first `keep` columns again, so that no line is broken by the window. Then the last `breaks` columns
    stand together if they can.
    """
    most = LONGEST if width is None else min(LONGEST, max(FEWEST, width * 3 // 10))
    columns = [_column([_cut(cell, most) for cell in column]) for column in zip(*rows, strict=True)]
    found = list[str]()
    for part in _fold([wide(column[0]) for column in columns], width, keep, len(columns) - breaks):
        found += ["", *_lines([columns[number] for number in part])]
    return found[1:]


def _cut(cell: str, most: int) -> str:
    """Return a cell that fits: its beginning, of a path the end; numbers are kept whole."""
    text = plaintext.line(cell, 1000)
    if text.startswith("/") and len(text) > most:
        return f"…{text[1 - most :]}"
    return text if _NUMBER.fullmatch(text) and len(text) <= LONGEST else plaintext.line(text, most)


def _lines(columns: Sequence[Sequence[str]]) -> list[str]:
    """Set columns side by side."""
    return [GAP.join(cells).rstrip() for cells in zip(*columns, strict=True)]


def _column(cells: Sequence[str]) -> list[str]:
    """Give all cells of a column one width."""
    most = max(map(wide, cells))
    right = len(cells) > 1 and all(_NUMBER.fullmatch(cell) for cell in cells[1:]) and any(cells[1:])
    return [_padded(cell, most, right=right) for cell in cells]


def _padded(cell: str, width: int, *, right: bool) -> str:
    """Fill a cell up."""
    room = " " * (width - wide(cell))
    return room + cell if right else cell + room


def wide(text: str) -> int:
    """Count how many places a text takes in a terminal: letters of East Asia take two, accents none."""
    return sum(
        0 if unicodedata.combining(letter) else 2 if unicodedata.east_asian_width(letter) in "WF" else 1
        for letter in text
    )


def _fold(widths: Sequence[int], room: int | None, keep: int, end: int) -> list[list[int]]:
    """Say which columns stand in which table: as many as fit, at least one beside the kept ones; from `end` on anew."""
    every = list(range(len(widths)))
    if room is None or _size(widths, every) <= room:
        return [every]
    parts = list[list[int]]()
    for number in every[keep:]:
        if not parts or number == end or _size(widths, [*parts[-1], number]) > room:
            parts.append(every[:keep])
        parts[-1].append(number)
    return parts or [every]


def _size(widths: Sequence[int], columns: Sequence[int]) -> int:
    """Return how wide columns are together."""
    return sum(widths[one] for one in columns) + len(GAP) * (len(columns) - 1)
