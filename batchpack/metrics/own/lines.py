"""Lines of JSON that are appended to: read on from where a reader stopped, as far as they are whole."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import orjson

from batchpack.collector import Complaint, Cursor, Fact, Portion

LINES = 500
LONGEST = 64 << 20
"""Bytes beyond which a line is none of ours."""
Take = Callable[[dict[str, Any]], Iterable[Fact]]


def portions(path: Path, cursor: Cursor | None, take: Take) -> Iterator[Portion]:
    """Yield the facts that `take` finds in each whole line behind a cursor; a file that was replaced is read anew.

    A line that is no JSON object, or of which `take` raises ValueError, KeyError or TypeError, is a Complaint.
    Raises OSError.
    """
    with path.open("rb") as stream:
        inode, at = os.fstat(stream.fileno()).st_ino, 0  # of what is open, should it be replaced meanwhile
        if cursor and cursor.get("inode") == inode and cursor.get("at", 0) <= stream.seek(0, 2):
            at = int(cursor["at"])
        stream.seek(at)
        facts, count = list[Fact](), 0
        while (line := stream.readline(LONGEST)).endswith(b"\n") or len(line) == LONGEST:
            facts += _of(line, at, take) if line.strip() else ()
            at, count = at + len(line), count + 1
            if count == LINES:
                yield Portion(tuple(facts), {"inode": inode, "at": at})
                facts, count = [], 0
        if count:
            yield Portion(tuple(facts), {"inode": inode, "at": at})


def _of(line: bytes, at: int, take: Take) -> list[Fact]:
    """Return the facts of one line."""
    try:
        return list(take(_object(line)))
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
        return [Complaint("a line that is not as batchpack or the service writes it", f"byte {at}")]


def _object(line: bytes) -> dict[str, Any]:
    """Return the object of a line; raises ValueError."""
    try:
        found = orjson.loads(line)
    except ValueError:  # halves of surrogate pairs, which Python takes
        found = json.loads(line)
    if not isinstance(found, dict):
        raise ValueError("no object")
    return found
