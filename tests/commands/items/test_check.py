"""`batchpack items check`."""

from __future__ import annotations

from tests.support.item_batches import ItemBatch
from tests.support.project import Project


def test_independent_items(batch: ItemBatch) -> None:
    """Independent items are for workers."""
    assert "These items are independent: workers may start from the queue.\n" == batch.items("check").assert_ok().out
    assert 6 == batch.items("check", "--json").json()["width"]


def test_dependent_items_and_a_single_one(project: Project) -> None:
    """What is no batch ends with code 1, the reason and where it belongs."""
    project.run("items", "add", "-", stdin='{"id": "a"}\n{"id": "b", "depends_on": ["a"]}\n').assert_ok()
    dependent = project.run("items", "check")
    project.run("items", "add", "-", stdin='{"id": "a"}\n').assert_ok()
    single = project.run("items", "check")

    assert (1, 1) == (dependent.code, single.code)
    assert "  - b waits for a\nitems that wait for each other" in dependent.out
    assert "one item is no batch" in single.out
