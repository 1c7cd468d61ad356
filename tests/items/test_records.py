"""Records: taken from the holder of a task about its own items, all or none."""

from __future__ import annotations

import sqlite3

import pytest

from batchpack.errors import UsageError
from batchpack.items import records
from batchpack.items.records import Judgement, NotInTask
from batchpack.queue import database, ticks
from batchpack.queue.rows import Refused, StaleClaim, UnknownTask
from tests.items.conftest import record


def stored(connection: sqlite3.Connection) -> list[tuple[str, str, str | None]]:
    """Return what stands in the records."""
    rows = connection.execute("SELECT item, disposition, category FROM record ORDER BY item")
    return [tuple(row) for row in rows]


def test_a_later_record_counts(judged: sqlite3.Connection) -> None:
    """A worker may judge an item of its own anew; there is one record an item."""
    record(judged, "chunk-01", Judgement("i0", "failed", "task", data={"a": [1]}))

    assert [("i0", "failed", "task"), ("i1", "skipped", None)] == stored(judged)
    with database.transaction(judged):
        held = records.put(judged, ticks.now(), "chunk-01", 1, [])
    assert (2, 2) == records.progress(judged, held)


@pytest.mark.parametrize("item", ["i2", "nothing", "i2' OR 1=1 --"])
def test_items_of_others_are_refused(judged: sqlite3.Connection, item: str) -> None:
    """A record about an item that the task does not hold is refused, and those given with it too."""
    before = stored(judged)
    with pytest.raises(NotInTask):
        record(judged, "chunk-01", Judgement("i0", "failed"), Judgement(item))

    assert before == stored(judged)


def test_only_the_holder_records(judged: sqlite3.Connection) -> None:
    """A token that is not the present one, an ended task and an unknown one are refused."""
    for task, token, error in (("chunk-01", 9, StaleClaim), ("chunk-02", 0, StaleClaim), ("x", 1, UnknownTask)):
        with pytest.raises(error), database.transaction(judged):
            records.put(judged, ticks.now(), task, token, [])
    judged.execute("UPDATE task SET status = 'done' WHERE id = 'chunk-01'")
    with pytest.raises(Refused), database.transaction(judged):
        records.put(judged, ticks.now(), "chunk-01", 1, [Judgement("i0")])


def test_lines_of_json() -> None:
    """Many records are given as lines; what is missing has its usual value."""
    text = '{"item": "a", "category": null}\n\n{"item": "b", "disposition": "failed", "data": [1], "rationale": "r"}\n'

    assert [Judgement("a"), Judgement("b", "failed", None, "r", [1])] == records.parse(text, "f")


@pytest.mark.parametrize(
    "text",
    ["{", "[]", "{}", '{"item": 1}', '{"item": "a", "categry": "x"}', '{"item": "a", "disposition": "maybe"}',
     '{"item": "a", "rationale": 5}', "[" * 100_000],
)  # fmt: skip
def test_what_is_no_record(text: str) -> None:
    """A line that is no record is refused before anything is written."""
    with pytest.raises(UsageError):
        records.parse(text, "f")


@pytest.mark.parametrize("more", [{"rationale": "x" * 5000}, {"category": "x" * 201}, {"disposition": "perhaps"}])
def test_limits(more: dict[str, str]) -> None:
    """Rationales and categories are short, dispositions are known."""
    with pytest.raises(UsageError):
        Judgement("a", **more)  # type: ignore[arg-type]
