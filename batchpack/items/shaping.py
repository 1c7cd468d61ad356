"""From what a source found to an item: its id, its time, its category, and whether it can be one at all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from hashlib import sha256
from typing import Any

from batchpack.items import times
from batchpack.items.values import SIZE_LIMIT, Found, Item, Rejects
from batchpack.plaintext import line
from batchpack.queue import ids

TIME_FIELDS = ("at", "time", "timestamp", "date", "datetime", "created_at")
DECLARATIONS = frozenset({"writes", "depends_on", "state"})
"""Fields by which an item says what it writes, which items it waits for, and which mutable state it shares."""
CATEGORY_LIMIT = 200


@dataclass
class Shape:
    """Which fields say what; those that are None are chosen by the first item. `home` is the zone of bare times."""

    id: str | None = None
    at: str | None = None
    category: str | None = None
    home: tzinfo = UTC
    declared: bool = field(default=False, init=False)
    chosen: bool = field(default=False, init=False)

    def items(self, found: Iterable[Found], rejects: Rejects) -> Iterator[Item]:
        """Yield the items; what is none goes to the rejects."""
        for one in found:
            self.choose(one)
            try:
                yield self._item(one)
            except (ValueError, ids.BadName) as error:
                rejects.put(one.place, error.message if isinstance(error, ids.BadName) else str(error))

    def choose(self, first: Found) -> None:
        """Choose the fields that nobody named; once."""
        if self.chosen:
            return
        self.chosen, fields = True, first.fields
        if self.id is None and first.id is None and isinstance(fields.get("id"), str | int):
            self.id = "id"
        self.at = self.at or next((name for name in TIME_FIELDS if name in fields), None)
        if self.category is None and "category" in fields:
            self.category = "category"

    def _item(self, one: Found) -> Item:
        """Make an item; raises ValueError or BadName."""
        body, fields, place, given, size = one
        if not self.declared and not DECLARATIONS.isdisjoint(fields):
            self.declared = True
        if size is None:
            size = len(body)
        if size > SIZE_LIMIT or len(body) > SIZE_LIMIT:
            raise ValueError(f"the item has {max(size, len(body)):,} bytes, and at most {SIZE_LIMIT:,} are taken")
        digest = sha256(body).hexdigest()
        at = fields.get(self.at or "")
        if at is not None:
            at = time_of(at, self.at, self.home)
        category = fields.get(self.category or "")
        if category is not None:
            category = category_of(category)
        name = self._id(fields) if self.id is not None else given or f"item-{digest[:16]}"
        return (name, digest, at, category, size, place), body

    def _id(self, fields: Mapping[str, Any]) -> str:
        """Return what an item's field names it."""
        word = fields.get(self.id or "")
        if isinstance(word, int) and not isinstance(word, bool):
            word = str(word)
        if not isinstance(word, str) or not word:
            raise ValueError(f"its id is missing: it has no text in {self.id!r} (fields: {_names(fields)})")
        return ids.check("item", word)


def _names(fields: Mapping[str, Any]) -> str:
    """List the names of fields."""
    return line(", ".join(fields)) or "none"


def time_of(value: object, name: str | None, home: tzinfo) -> str | None:
    """Return the time of an item; None where it has none."""
    if value == "":
        return None
    try:
        return times.parse(value, home)
    except ValueError as error:
        raise ValueError(f"its time, {line(repr(value), 60)} in {name!r}, cannot be read") from error


def category_of(value: object) -> str | None:
    """Return a category as text; None where there is none."""
    if value == "":
        return None
    text = value if isinstance(value, str) else str(value)
    return text if len(text) <= CATEGORY_LIMIT and text.isprintable() else line(text, CATEGORY_LIMIT)
