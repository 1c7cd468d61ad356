"""`batchpack items status`."""

from __future__ import annotations

from tests.support.item_batches import ItemBatch
from tests.support.project import Project


def test_counts_add_up(batch: ItemBatch) -> None:
    """Items and tasks are told as sums."""
    batch.judge({"item": "i0"}, {"item": "i2", "disposition": "failed"}).assert_ok()
    facts = batch.items("status", "--json").json()

    assert (
        "Batch mails: 6 items = 1 done + 1 failed + 4 pending\n  in 2 chunks; tasks: 1 pending + 1 claimed\n"
        == batch.items("status").assert_ok().out
    )
    assert facts["items"]["items"] == sum(facts["items"].values()) - 6


def test_what_was_set_aside(project: Project) -> None:
    """Broken rows are kept on record."""
    project.run("items", "add", "-", "--keep-going", "--name", "k", stdin='{"id": "a"}\n{\n{"id": "a"}\n').assert_ok()

    assert "2 rows were set aside" in project.run("items", "status").assert_ok().out
    assert [
        "standard input:2:2: the line is not JSON",
        "standard input:3: its id 'a' is that of standard input:1 too",
    ] == project.run("items", "status", "--rejected").assert_ok().out.splitlines()
