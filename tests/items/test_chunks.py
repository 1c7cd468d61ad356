"""Chunks in the file: in = out, the same again, and none changed once work has begun."""

from __future__ import annotations

import itertools
import sqlite3
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from batchpack.errors import BatchpackError, UsageError
from batchpack.items import chunks, times
from batchpack.items.chunking import Chunk, Rule
from batchpack.queue import database
from tests.items.conftest import Make

TIMES = st.none() | st.integers(1, 364).map(lambda n: f"2025-{1 + n // 31:02d}-{1 + n % 28:02d}T10:00:00Z")
ROWS = st.lists(
    st.fixed_dictionaries(
        {"at": TIMES, "category": st.sampled_from([None, "a", "b", 3]), "text": st.text(max_size=40)}
    ),
    min_size=1,
    max_size=40,
)
NUMBERS = itertools.count()
ROW = {"at": "2025-02-28T23:30:00Z", "text": "t", "team": {"a": 1}}


def cut(connection: sqlite3.Connection, by: str, most: int = 5, zone: str = "UTC", **more: Any) -> list[Chunk]:
    """Cut in a transaction."""
    with database.transaction(connection):
        return chunks.cut(connection, Rule(by, most), times.zone(zone), **more)


def placed(connection: sqlite3.Connection) -> list[tuple[str, int]]:
    """Return which item is in which chunk."""
    return [tuple(row) for row in connection.execute("SELECT id, chunk FROM item ORDER BY seq")]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=ROWS, by=st.sampled_from(["month", "week", "day", "category", "size", "tokens"]))
def test_in_is_out(make: Make, rows: list[dict[str, Any]], by: str) -> None:
    """Every item is in exactly one chunk, whatever it lacks; cutting again gives the same chunks."""
    named = [{"id": f"i{at}", **row} for at, row in enumerate(rows)]
    connection = make(named, f"b{next(NUMBERS)}")
    try:
        found = cut(connection, by)
    except UsageError:
        assert all(not row["at" if by in ("month", "week", "day") else "category"] for row in rows)
        return
    once = placed(connection)

    assert len(rows) == chunks.prove(connection) == sum(one.items for one in found)
    assert (found, once) == (cut(connection, by), placed(connection))
    assert found == chunks.every(connection)


@pytest.mark.parametrize(
    ("by", "zone", "label"),
    [
        ("month", "UTC", "2025-02"), ("month", "Europe/Berlin", "2025-03"), ("day", "UTC", "2025-02-28"),
        ("day", "Asia/Tokyo", "2025-03-01"), ("week", "UTC", "2025-W09"), ("text", "UTC", "t"),
        ("team", "UTC", '{"a": 1}'), ("size", "UTC", ""),
    ],
)  # fmt: skip
def test_labels(make: Make, by: str, zone: str, label: str) -> None:
    """Months and days begin where the zone says; any field of the items can be gone by."""
    assert [label] == [one.label for one in cut(make([ROW]), by, zone=zone)]


def test_tasks(make: Make) -> None:
    """There is a task a chunk, or a task an item."""
    connection = make([{"id": f"i{n}", "category": "ab"[n % 2]} for n in range(4)])
    cut(connection, "category")
    told = "SELECT id, kind, chunk, item, title FROM task"
    by_chunk = [tuple(row) for row in connection.execute(told)]
    cut(connection, "size", 3, tasks="item")

    assert [("chunk-01", "chunk", 1, None, "a, 2 items"), ("chunk-02", "chunk", 2, None, "b, 2 items")] == by_chunk
    assert [("i0", 1), ("i1", 1), ("i2", 1), ("i3", 2)] == [(row[3], row[2]) for row in connection.execute(told)]


def test_begun_work_keeps_its_chunks(make: Make) -> None:
    """Once a task was claimed nothing is cut anew."""
    connection = make([{"id": "a"}])
    cut(connection, "size")
    connection.execute("UPDATE task SET token = 1")

    with pytest.raises(BatchpackError, match="work on this batch has begun"):
        cut(connection, "size")


@pytest.mark.parametrize("by", ["month", "nothing", 'a"b', "category"])
def test_nothing_to_go_by(make: Make, by: str) -> None:
    """A rule that no item has anything for is refused, and nothing is changed."""
    connection = make([{"id": "a"}])

    with pytest.raises(UsageError):
        cut(connection, by)
    assert [] == chunks.every(connection)


def test_tampering_is_told(make: Make) -> None:
    """Counts that do not add up are an error, not a report."""
    connection = make([{"id": "a"}, {"id": "b"}])
    cut(connection, "size")
    connection.execute("UPDATE item SET chunk = NULL WHERE id = 'b'")

    with pytest.raises(BatchpackError, match="do not add up"):
        chunks.prove(connection)
