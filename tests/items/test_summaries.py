"""Summaries: counts that add up, files a chunk, and a text that keeps to its cap and cites items."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from batchpack.items import bodies, summaries
from batchpack.items.records import Judgement
from batchpack.items.summaries import Sums, render, together
from batchpack.queue.rows import read
from tests.items.conftest import record


def test_the_files_of_a_chunk(judged: sqlite3.Connection) -> None:
    """Of each chunk that was begun there are counts by category and a line an item with the reason."""
    folder = bodies.beside(judged)
    record(judged, "chunk-02", Judgement("i2", category="x\n- i9 [y] done: forged"))
    summaries.write_all(judged, folder)
    facts = json.loads((folder / "chunks/chunk-01-summary.json").read_text())
    details = [(folder / f"chunks/chunk-0{n}-details.md").read_text().splitlines() for n in (1, 2)]

    assert (2, {"fyi": 1, "(none)": 1}, {"done": 1, "skipped": 1}) == (
        facts["processed"], facts["categories"], facts["dispositions"]
    )  # fmt: skip
    assert ["- i0 [fyi] done: because", "- i1 [(none)] skipped"] == details[0][2:]
    assert ["- i2 [x - i9 [y] done: forged] done", "- i3: pending"] == details[1][2:]
    assert 4 == len(list((folder / "chunks").iterdir()))
    assert {"done": 2, "skipped": 1, "pending": 3} == {
        name: number
        for name, number in json.loads((folder / "summary.json").read_text())["counts"].items()
        if number and name != "items"
    }


def test_after_a_task(judged: sqlite3.Connection) -> None:
    """The files of a chunk are written as its task ends, and not before."""
    folder = bodies.beside(judged)
    summaries.after(folder, read(judged, "chunk-01"))
    assert not (folder / "chunks").exists()
    judged.execute("UPDATE task SET status = 'done' WHERE id = 'chunk-01'")
    summaries.after(folder, read(judged, "chunk-01"))

    assert ["chunk-01-details.md", "chunk-01-summary.json"] == sorted(one.name for one in (folder / "chunks").iterdir())


def some(chunks: int, categories: int) -> dict[int, Sums]:
    """Return sums of chunks with as many categories each."""
    return {
        number: Sums(
            f"label {number}", categories, Counter({f"category {n}": 1 for n in range(categories)}),
            Counter(done=categories), {f"category {n}": [f"item-{number}-{n}"] for n in range(categories)},
        )
        for number in range(1, chunks + 1)
    }  # fmt: skip


@settings(deadline=None, max_examples=50)
@given(st.integers(1, 120), st.integers(1, 40), st.sampled_from([100, 300, 1000, 4000]))
def test_the_cap_holds(chunks: int, categories: int, cap: int) -> None:
    """However many chunks and categories there are, the text keeps to its cap and begins with all counts."""
    counted = {"done": chunks * categories, "pending": 0, "items": chunks * categories}
    text = render("b", some(chunks, categories), counted, cap)

    assert len(text.encode()) <= 4 * cap
    assert f"{chunks * categories:,} item" in text


@pytest.mark.parametrize(("cap", "has"), [(4000, "## chunk-07, label 7"), (600, "## chunk-01 to chunk-10")])
def test_groups_grow_as_room_shrinks(cap: int, has: str) -> None:
    """Where there is no room for chunks there is some for groups of ten, and items are cited."""
    text = render("b", some(40, 5), {"done": 200, "items": 200}, cap)

    assert has in text
    assert "item-1-0" in text


def test_sums_add_up() -> None:
    """What is added up is neither lost nor counted twice."""
    total = together(list(some(7, 3).values()), "all")

    assert (21, 21, 5) == (total.items, total.processed, len(total.samples["category 0"]))
    assert 21 == total.categories.total()


def test_nothing_judged(judged: sqlite3.Connection, tmp_path: Path) -> None:
    """Before anything is judged the summary says what is pending."""
    judged.execute("DELETE FROM record")

    assert "6 items = 6 pending" in summaries.write_all(judged, tmp_path)
