"""`batchpack items list`."""

from __future__ import annotations

import json

from tests.support.item_batches import ItemBatch
from tests.support.project import Project


def test_pages(batch: ItemBatch) -> None:
    """A page says whether there are more and how to get them; a chunk can be listed alone."""
    first = batch.items("list", "--limit", "2").assert_ok().out
    rest = batch.items("list", "--after", "2", "--json").json()
    chunk = batch.items("list", "--chunk", "1", "--json").json()

    assert "There are more: --after 2" == first.splitlines()[-1]
    assert (["i2", "i3", "i4", "i5"], None) == ([one["id"] for one in rest["items"]], rest["after"])
    assert ["i0", "i2", "i4"] == [one["id"] for one in chunk["items"]]
    assert "No items.\n" == batch.items("list", "--chunk", "9").assert_ok().out


def test_items_with_their_fields(batch: ItemBatch) -> None:
    """With --full each item is a JSON object on a line with its fields; of a long text the beginning."""
    lines = batch.items("list", "--chunk", "1", "--full").assert_ok().out.splitlines()

    assert ["i0", "i2", "i4"] == [json.loads(line)["item"] for line in lines]
    assert "s0" == json.loads(lines[0])["subject"]
    facts = batch.items("list", "--full", "--json").json()["items"]
    assert "s0" == facts[0]["fields"]["subject"]


def test_a_long_text_is_cut_with_the_way_to_all_of_it(project: Project) -> None:
    """A page stays readable whatever an item holds, and hidden characters are taken out."""
    project.write({"long.jsonl": json.dumps({"id": "a", "text": "x" * 5000, "name": "\x1b[2J"}) + "\n"})
    project.run("items", "add", "long.jsonl", "--name", "long").assert_ok()
    said = project.run("items", "list", "--full").assert_ok().out

    assert "… (all of it: batchpack items show a)" in said
    assert len(said) < 2200
    assert "\x1b" not in said
