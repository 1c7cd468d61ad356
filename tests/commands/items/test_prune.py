"""`batchpack items prune`."""

from __future__ import annotations

import pytest

from tests.support.item_batches import ItemBatch


def test_what_is_open_stays(batch: ItemBatch) -> None:
    """Young and open batches stay; with --force and --yes one goes for good."""
    folder = batch.project.folder / ".batchpack/items/mails"
    assert "Nothing to remove.\n" == batch.items("prune").assert_ok().out
    batch.items("prune", "mails").assert_failed("batch mails stays: 6 of its 6 items are pending")
    batch.items("prune", "mails", "--force").assert_failed("add --yes", code=2)
    assert folder.is_dir()

    assert "Removed 1 batch." in batch.items("prune", "mails", "--force", "--yes").assert_ok().out
    assert not folder.exists()


@pytest.mark.parametrize("days", ["nan", "inf", "1e300"])
def test_any_number_of_days_is_taken(batch: ItemBatch, days: str) -> None:
    """What is longer than time can be told means nothing is that old."""
    assert "Nothing to remove.\n" == batch.items("prune", "--older", days).assert_ok().out
