"""What the commands share that look after a batch."""

from __future__ import annotations

from tests.support.item_batches import ItemBatch


def test_a_batch_is_named_or_the_latest(batch: ItemBatch) -> None:
    """Without --batch it is the latest; one that is not there is told with those that are."""
    batch.items("add", "-", "--name", "other", stdin='{"id": "x"}\n{"id": "y"}\n').assert_ok()

    assert "Batch other: 2 items" in batch.items("status").assert_ok().out
    assert "Batch mails: 6 items" in batch.items("status", "--batch", "mails").assert_ok().out
    batch.items("status", "--batch", "gone").assert_failed("there is no batch of items 'gone' here", "mails, other")
