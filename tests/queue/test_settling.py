"""The items of tasks: each accounted for when its task ends."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from batchpack.queue.rows import Refused
from batchpack.queue.store import SqliteQueue
from batchpack.queue.values import Draft
from tests.support.queues import dispositions, put_items, queue_of, record


@pytest.fixture
def chunked(tmp_path: Path) -> Iterator[SqliteQueue]:
    """A claimed chunk of three items, a claimed task about one item, and an item of another chunk."""
    drafts = Draft("chunk-01", "chunk", chunk=1), Draft("single", "item", item="single")
    with queue_of(tmp_path, *drafts) as queue:
        put_items(queue, 1, "x", "y", "z")
        put_items(queue, None, "single")
        put_items(queue, 2, "other")
        queue.claim("w1", task="chunk-01")
        queue.claim("w1", task="single")
        yield queue


def test_a_chunk_is_done_when_each_item_has_a_record(chunked: SqliteQueue) -> None:
    """A worker that stops early cannot say done; it is told which items are missing."""
    record(chunked, "chunk-01", "y")
    with pytest.raises(Refused, match="2 of its items have no record: x, z"):
        chunked.complete("chunk-01", 1, evidence=["x"])
    record(chunked, "chunk-01", "x")
    record(chunked, "chunk-01", "z", "skipped")

    assert "done" == chunked.complete("chunk-01", 1, evidence=["x"]).status
    assert {"x": "done", "y": "done", "z": "skipped"} == dispositions(chunked)


def test_the_items_of_a_failed_chunk_fail_but_for_those_recorded(chunked: SqliteQueue) -> None:
    """What a worker judged stays; the rest of its chunk failed with it."""
    record(chunked, "chunk-01", "y")
    chunked.fail("chunk-01", 1, error="broken")

    assert {"x": "failed", "y": "done", "z": "failed"} == dispositions(chunked)


def test_a_single_item_ends_as_its_task_does(chunked: SqliteQueue) -> None:
    """A task about one item needs no record of its own: its end is the item's."""
    chunked.complete("single", 1, evidence=["x"])
    chunked.skip("chunk-01", 1, reason="no")

    assert {"single": "done", "x": "skipped", "y": "skipped", "z": "skipped"} == dispositions(chunked)


def test_doing_again_reopens_what_was_not_done(chunked: SqliteQueue) -> None:
    """Of a failed chunk the finished items stay finished; of a done one all are done again."""
    record(chunked, "chunk-01", "y")
    chunked.fail("chunk-01", 1, error="broken")
    chunked.requeue("chunk-01")
    chunked.complete("single", 1, evidence=["x"])
    chunked.requeue("single")

    assert {"y": "done"} == dispositions(chunked)
