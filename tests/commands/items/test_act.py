"""`batchpack items act`."""

from __future__ import annotations

from tests.support.item_batches import ItemBatch


def judged(batch: ItemBatch) -> None:
    """Judge one chunk and approve it."""
    rows: list[dict[str, object]] = [{"item": name, "category": "offer"} for name in ("i0", "i2", "i4")]
    batch.judge(*rows).assert_ok()
    digest = batch.items("summary", "--json").json()["hash"]
    batch.items("approve", "--hash", digest).assert_ok()


def test_tasks_are_made_of_what_was_approved(batch: ItemBatch) -> None:
    """The tasks are named, and what comes next is printed; a worker is told the act and its items."""
    judged(batch)
    said = batch.items("act", "archive", "--category", "offer", "--file", "-", stdin="Move it.").assert_ok().out
    claimed = batch.items("claim", "archive-01", "--worker", "w2").assert_ok().out

    assert "1 task to archive: archive-01." in said
    assert "items prompt --batch mails" in said
    assert "Move it.\nItems, one a line:\ni0\ni2\ni4\n" in claimed
    batch.items("complete", "archive-01", "--token", "1", "--evidence", "x").assert_failed("no receipt of an end")


def test_without_an_approval_it_is_refused(batch: ItemBatch) -> None:
    """Nobody having approved, a name that is none, and no such category are told."""
    batch.items("act", "archive", "--file", "-", stdin="x").assert_failed("nobody approved it")
    batch.items("act", "../x", "--file", "-", stdin="x").assert_failed("cannot be the name of a task", code=2)
    judged(batch)
    batch.items("act", "archive", "--category", "no", "--file", "-", stdin="x").assert_failed("nothing to do")
