"""`batchpack items list`."""

from __future__ import annotations

from tests.support.item_batches import ItemBatch


def test_pages(batch: ItemBatch) -> None:
    """A page says whether there are more and how to get them; a chunk can be listed alone."""
    first = batch.items("list", "--limit", "2").assert_ok().out
    rest = batch.items("list", "--after", "2", "--json").json()
    chunk = batch.items("list", "--chunk", "1", "--json").json()

    assert "There are more: --after 2" == first.splitlines()[-1]
    assert (["i2", "i3", "i4", "i5"], None) == ([one["id"] for one in rest["items"]], rest["after"])
    assert ["i0", "i2", "i4"] == [one["id"] for one in chunk["items"]]
    assert "No items.\n" == batch.items("list", "--chunk", "9").assert_ok().out
