"""Looking: pages that miss nothing, an item with all that is known, counts that add up."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from batchpack.errors import BatchpackError, UsageError
from batchpack.files import fingerprint
from batchpack.items import bodies, looking
from batchpack.items.looking import UnknownItem
from batchpack.items.records import Judgement
from tests.items.conftest import Make, record


@pytest.mark.parametrize("limit", [1, 2, 5, 6, 7])
def test_pages_follow_one_another(judged: sqlite3.Connection, limit: int) -> None:
    """Page after page all items come once, in their order, and the last page says so."""
    after, seen = 0, []
    while after is not None:
        page = looking.page(judged, after=after, limit=limit)
        seen += [one["id"] for one in page.items]
        assert len(page.items) <= limit
        after = page.after  # type: ignore[assignment]

    assert [f"i{n}" for n in range(6)] == seen


def test_pages_of_a_chunk_and_of_what_is_left(judged: sqlite3.Connection) -> None:
    """Items of one chunk, and those that nobody judged, can be asked for alone."""
    chunk, left = looking.page(judged, chunk=2), looking.page(judged, left=True)

    assert (["i2", "i3"], ["i2", "i3", "i4", "i5"]) == (
        [one["id"] for one in chunk.items], [one["id"] for one in left.items]
    )  # fmt: skip
    for limit in (0, 1001):
        with pytest.raises(UsageError):
            looking.page(judged, limit=limit)


def test_a_page_is_found_by_the_index(judged: sqlite3.Connection) -> None:
    """No page reads the items before it: the table, or the index of chunks, is searched."""
    for words in ("item.seq > 5", "item.seq > 5 AND item.chunk = 2"):
        plan = judged.execute(
            f"EXPLAIN QUERY PLAN SELECT * FROM item WHERE {words} ORDER BY item.seq LIMIT 5"
        ).fetchall()
        assert all("SEARCH" in row["detail"] for row in plan), [row["detail"] for row in plan]


def test_counts_add_up(judged: sqlite3.Connection) -> None:
    """Done, failed, skipped, dead and pending are all items, whatever became of tasks."""
    record(judged, "chunk-02", Judgement("i2", "failed"))
    judged.execute("UPDATE task SET status = 'dead' WHERE id = 'chunk-02'")
    counts = looking.counts(judged)

    assert {"done": 1, "failed": 1, "skipped": 1, "dead": 1, "pending": 2, "items": 6} == counts
    assert counts["items"] == sum(number for name, number in counts.items() if name != "items")
    assert (3, 2) == (looking.status(judged)["chunks"], looking.status(judged)["tasks"]["pending"] + 1)


def test_an_item_with_all_that_is_known(judged: sqlite3.Connection) -> None:
    """Fields and record come with it; an unknown one is told."""
    folder = bodies.beside(judged)
    found = looking.show(judged, folder, "i0")

    assert ("s0", "fyi", "because") == (
        found["fields"]["subject"], found["record"]["category"], found["record"]["rationale"]
    )  # fmt: skip
    assert looking.show(judged, folder, "i5")["record"] is None
    with pytest.raises(UnknownItem):
        looking.show(judged, folder, "i9")


def test_the_text_of_a_file_as_it_was(make: Make, tmp_path: Path) -> None:
    """The text of a file comes as long as it is the one that was added."""
    (tmp_path / "b.jsonl").write_text("")
    digest = fingerprint(b"one")
    connection = make([{"id": "f", "path": "b.jsonl:1", "sha256": digest}])
    (tmp_path / "b.jsonl:1").write_text("one")

    def show() -> str:
        return str(looking.show(connection, bodies.beside(connection), "f", tmp_path)["fields"].get("text"))

    assert "one" == show()
    (tmp_path / "b.jsonl:1").write_text("two")
    with pytest.raises(BatchpackError, match="was changed after it was added"):
        show()
