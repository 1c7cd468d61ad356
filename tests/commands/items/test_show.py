"""`batchpack items show`."""

from __future__ import annotations

from tests.support.item_batches import ItemBatch
from tests.support.project import Project


def test_an_item(batch: ItemBatch) -> None:
    """Its fields and what was judged of it are shown; an unknown one is told."""
    batch.judge({"item": "i0", "category": "fyi", "rationale": "numbers"}).assert_ok()

    assert "  judged: done, fyi: numbers\n\nid: i0\n" in batch.items("show", "i0").assert_ok().out
    assert "s0" == batch.items("show", "i0", "--json").json()["item"]["fields"]["subject"]
    batch.items("show", "i9").assert_failed("there is no item 'i9' in this batch")


def test_a_file_with_its_text(project: Project) -> None:
    """The text of a file is shown without what could move a reader's cursor."""
    project.write({"a.txt": "one\x1b[2Jtwo", "b.txt": "x"})
    project.run("items", "add", "*.txt").assert_ok()
    name = project.run("items", "list", "--json").json()["items"][0]["id"]
    shown = project.run("items", "show", name).assert_ok().out

    assert ("one" in shown, "\x1b" in shown) == (True, False)
