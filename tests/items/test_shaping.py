"""Shaping: ids, times and categories from fields, and what is none refused with its place."""

from __future__ import annotations

import json
from typing import Any

import pytest

from batchpack.items import times
from batchpack.items.shaping import Shape
from batchpack.items.values import SIZE_LIMIT, BadRow, Found, Item, Rejects


def shape(rows: list[dict[str, Any]], form: Shape | None = None, *, keep: bool = False) -> tuple[list[Item], Rejects]:
    """Shape rows as a source found them."""
    rejects = Rejects(keep)
    found = (Found(json.dumps(row).encode(), row, f"f:{at}") for at, row in enumerate(rows, 1))
    return list((form or Shape()).items(found, rejects)), rejects


def test_fields_are_chosen_by_the_first_item() -> None:
    """Without options `id`, the first field of a time and `category` count."""
    form = Shape()
    items, _ = shape([{"id": 7, "date": "2026-02-03", "category": 3}, {"id": "b", "date": ""}], form)

    assert [("7", "2026-02-03T00:00:00Z", "3"), ("b", None, None)] == [
        (row[0], row[2], row[3]) for row, _ in items
    ]  # fmt: skip
    assert ("id", "date", "category") == (form.id, form.at, form.category)


def test_named_fields_and_content() -> None:
    """Options name fields; without any id the content makes one, the same for the same content."""
    form = Shape("n", "when", "who", times.zone("Asia/Tokyo"))
    items, _ = shape([{"n": "a", "when": "2026-02-03 10:00", "who": "x\ny"}], form)
    same = [row[0] for row, _ in shape([{"t": 1}, {"t": 1}, {"t": 2}])[0]]

    assert ("a", "2026-02-03T01:00:00Z", "x y") == (items[0][0][0], items[0][0][2], items[0][0][3])
    assert (same[0], True) == (same[1], same[0] != same[2])
    assert same[0].startswith("item-")


BAD: dict[str, Any] = {
    "control": "a\x1b[31m", "path": "../a", "dots": "a..b", "lock": "a.lock", "long": "a" * 65, "flag": "-rf",
    "missing": None, "list": ["a"], "true": True, "empty": "", "space": "a b", "zero": "a\0",
}  # fmt: skip


@pytest.mark.parametrize("what", BAD)
def test_hostile_ids(what: str) -> None:
    """An id that could lead elsewhere or hide something is refused; with `keep_going` it is set aside."""
    rows = [{"id": "ok"}, {"id": BAD[what]}, {"id": "ok2"}]
    with pytest.raises(BadRow, match="f:2"):
        shape(rows)
    items, rejects = shape(rows, keep=True)

    assert (["ok", "ok2"], ["f:2"]) == ([row[0] for row, _ in items], [place for place, _ in rejects.rows])
    assert rejects.rows[0][1].isprintable()


def test_wrong_time_and_size() -> None:
    """A time that nobody can read and an item of over 10 MB are told with their place."""
    rows = [{"at": "2026-01-01"}, {"at": "soon"}, {"at": "", "text": "x" * SIZE_LIMIT}]
    items, rejects = shape(rows, keep=True)

    assert 1 == len(items)
    assert ["its time, 'soon' in 'at', cannot be read", "the item has 10,000,"] == [
        rejects.rows[0][1], rejects.rows[1][1][:20]
    ]  # fmt: skip


def test_declarations_are_noticed() -> None:
    """It is noted whether any item says what it writes or waits for."""
    silent, telling = Shape(), Shape()
    shape([{"a": 1}], silent)
    shape([{"a": 1}, {"writes": "x"}], telling)

    assert (False, True) == (silent.declared, telling.declared)


def test_nothing() -> None:
    """Of nothing come no items."""
    assert [] == shape([])[0]
