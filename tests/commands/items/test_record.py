"""`batchpack items record`."""

from __future__ import annotations

import json

from tests.support.item_batches import ItemBatch


def test_one_and_many(batch: ItemBatch) -> None:
    """One item by options, many as lines; each answer says how far the task is."""
    assert "2 of 3 items of chunk-01 are judged.\n" == batch.judge({"item": "i0"}, {"item": "i2"}).assert_ok().out
    one = batch.items("record", "chunk-01", "i4", "--token", "1", "--category", "fyi", "--data", '{"n": 1}', "--json")

    assert (3, 3) == (one.json()["judged"], one.json()["items"])
    assert {"n": 1} == json.loads(batch.items("show", "i4", "--json").json()["item"]["record"]["data"])


def test_refusals(batch: ItemBatch) -> None:
    """A stale token, an item of another task, a line that is no record and nothing at all are refused in words."""
    batch.judge().assert_ok()
    batch.items("record", "chunk-01", "i0", "--token", "5").assert_failed("no claim of chunk-01 had token 5")
    batch.items("record", "chunk-01", "i1", "--token", "1").assert_failed("'i1' is no item of chunk-01")
    batch.items("record", "chunk-01", "--token", "1", "--file", "-", stdin="{").assert_failed("-:1: the line", code=2)
    batch.items("record", "chunk-01", "--token", "1").assert_failed("one of ITEM and --file", code=2)
