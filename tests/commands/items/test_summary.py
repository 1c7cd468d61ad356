"""`batchpack items summary`."""

from __future__ import annotations

from tests.support.item_batches import ItemBatch


def test_all_and_one_chunk(batch: ItemBatch) -> None:
    """The summary cites items and says where it stands; that of a chunk ends with the command to agree with."""
    batch.judge({"item": "i0", "category": "fyi"}, {"item": "i2", "category": "task"}).assert_ok()
    whole, chunk = batch.items("summary").assert_ok().out, batch.items("summary", "--chunk", "1").assert_ok().out

    assert "## chunk-01, 2025-11: 2 of 3 items\n\n- fyi: 1 (i0)\n- task: 1 (i2)\n" in whole
    assert (batch.project.folder / ".batchpack/items/mails/summary.md").is_file()
    assert "Chunk 1: 2 of 3 items judged\nfyi: 1\n    i0  s0\n" in chunk
    assert "    batchpack items approve --chunk 1 --hash " in chunk
    batch.items("summary", "--chunk", "7").assert_failed("there is no chunk 7", code=2)


def test_a_person_sees_what_is_agreed_to(batch: ItemBatch) -> None:
    """The whole summary shows samples with their titles and the hash; nothing can be approved before it is judged."""
    none = batch.items("summary").assert_ok().out
    batch.judge({"item": "i0", "category": "fyi"}).assert_ok()
    whole = batch.items("summary").assert_ok().out

    assert "Nothing is judged yet" in none
    assert "items approve" not in none
    assert "All: 1 of 6 items judged\nfyi: 1\n    i0  s0\nhash " in whole
