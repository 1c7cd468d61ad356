"""`batchpack items act`."""

from __future__ import annotations

from tests.support.item_batches import ItemBatch


def test_an_act_waits_for_a_yes(batch: ItemBatch) -> None:
    """Without an approval no task is made; with it there is one a chunk, of the items in the category alone."""
    batch.judge(
        {"item": "i0", "category": "fyi"}, {"item": "i2", "category": "task"}, {"item": "i4", "category": "fyi"}
    ).assert_ok()
    act = ("act", "archive", "--file", "-", "--category", "fyi")
    batch.items(*act, stdin="Archive it.").assert_failed("is not approved", "batchpack items approve")
    batch.items("approve", "--ahead", "--by", "anna").assert_ok()
    done = batch.items(*act, "--json", stdin="Archive it.").assert_ok().json()

    assert ("archive", 1) == (done["act"], len(done["tasks"]))
    body = batch.items("tasks", done["tasks"][0], "--json").assert_ok().json()["task"]["body"]
    assert ["Archive it.", "Items, one a line:", "i0", "i4"] == body.splitlines()[-4:]
    assert "approved by anna" in body


def test_a_name_is_a_name(batch: ItemBatch) -> None:
    """What is no id is refused before anything is read."""
    batch.items("act", "../x", "--file", "-", stdin="x").assert_failed("../x", code=2)
