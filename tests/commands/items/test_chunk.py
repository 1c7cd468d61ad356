"""`batchpack items chunk`."""

from __future__ import annotations

from tests.support.item_batches import ItemBatch
from tests.support.project import Project


def test_chunks_are_told(batch: ItemBatch) -> None:
    """The table, the proof and the next command are told; cutting again is possible until work begins."""
    done = batch.items("chunk", "--by", "team", "--max", "2").assert_ok().out

    assert ["chunk     of     items  size   tokens", "chunk-01  a      2      144 B  36"] == done.splitlines()[:2]
    assert "6 items in 4 chunks: each in exactly one." in done
    assert [3, 3] == [one["items"] for one in batch.items("chunk", "--by", "month", "--json").json()["chunks"]]
    batch.claim()
    batch.items("chunk", "--by", "size").assert_failed("work on this batch has begun (chunk-01)")


def test_items_in_each_others_way(project: Project) -> None:
    """What must not run side by side is refused with the reason and the way out, unless it is wanted."""
    rows = '{"id": "a", "writes": "x.py", "t": 1}\n{"id": "b", "writes": "x.py", "t": 1}\n'
    project.run("items", "add", "-", stdin=rows).assert_ok()
    project.run("items", "chunk", "--by", "size", "--max", "1").assert_failed("a and b: both write x.py", "one chunk")
    assert "The batch has no tasks." in project.run("items", "tasks").assert_ok().out

    assert "in 1 chunk" in project.run("items", "chunk", "--by", "t").assert_ok().out
    assert "in 2 chunks" in project.run("items", "chunk", "--by", "size", "--max", "1", "--anyway").assert_ok().out


def test_nothing_to_go_by(batch: ItemBatch) -> None:
    """A field that no item has, and a limit of nothing, are usage errors."""
    batch.items("chunk", "--by", "nothing").assert_failed("no item has a nothing", code=2)
    batch.items("chunk", "--by", "size", "--max", "0").assert_failed("a chunk holds one item at least", code=2)
