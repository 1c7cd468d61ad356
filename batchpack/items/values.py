"""What the rooms of items hand each other: what a source found, what became of it, what was refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from batchpack.errors import BatchpackError

SIZE_LIMIT = 10_000_000
"""Bytes of an item."""
REJECT_LIMIT = 1000
"""So many broken rows are set aside; more of them mean that the whole file is something else."""


class Found(NamedTuple):
    """What a source found: the item as JSON, its fields, and where it stands.

    The others are what a source knows better than fields say: an id, and the size of what the JSON only points to.
    """

    body: bytes
    fields: dict[str, Any]
    place: str
    id: str | None = None
    size: int | None = None


Row = tuple[str, str, str | None, str | None, int, str]
"""An item as it stands in the file: id, hash, time (UTC, ISO 8601), category, bytes, and where it came from."""
Item = tuple[Row, bytes]
"""An item and its fields as JSON. Plain tuples: of a million items each step counts."""


class Block(NamedTuple):
    """Items that are written at once, by columns, each of the same length; `bodies` are their fields as JSON."""

    names: Sequence[str]
    digests: Sequence[str]
    ats: Sequence[str | None]
    categories: Sequence[str | None]
    sizes: Sequence[int]
    places: Sequence[str]
    bodies: Sequence[bytes]


NOTHING = Block((), (), (), (), (), (), ())
"""No items."""


class BadRow(BatchpackError):
    """A row that is no item; nothing was added."""

    def __init__(self, place: str, reason: str) -> None:
        super().__init__(f"{place}: {reason}", "nothing was added; mend it, or add --keep-going to set such rows aside")


@dataclass
class Rejects:
    """What could not be taken: without `keep_going` the first ends it all."""

    keep_going: bool = False
    rows: list[tuple[str, str]] = field(default_factory=list)

    def put(self, place: str, reason: str) -> None:
        """Set a row aside, or raise BadRow."""
        if not self.keep_going:
            raise BadRow(place, reason)
        if len(self.rows) == REJECT_LIMIT:
            raise BatchpackError(
                f"{place}: {reason}; {REJECT_LIMIT:,} rows before it are broken too",
                "nothing was added; look whether --format says what the source holds",
            )
        self.rows.append((place, reason))


@dataclass(frozen=True, slots=True)
class Added:
    """What became of sources: items with their bytes and estimated tokens, the manifest's hash, what was set aside."""

    items: int
    size: int
    tokens: int
    undated: int
    uncategorised: int
    manifest: str
    rejected: tuple[tuple[str, str], ...]
