"""`batchpack items prompt`."""

from __future__ import annotations

from tests.support.item_batches import ItemBatch


def test_the_prompt_holds_what_is_wanted(batch: ItemBatch) -> None:
    """It is printed, kept in the batch's folder, and asked for again without the text."""
    batch.items("prompt").assert_failed("nobody said what is to be done", code=2)
    once = batch.items("prompt", "--file", "-", stdin="Sort them by mood.").assert_ok().out
    again = batch.items("prompt", "--json").assert_ok().json()

    assert "Sort them by mood." in once
    assert (once.rstrip("\n"), 2) == (again["prompt"].rstrip("\n"), again["workers"])
    assert again["prompt"] == (batch.project.folder / ".batchpack/items/mails/worker.md").read_text()


def test_a_host_gets_a_call_a_worker(batch: ItemBatch) -> None:
    """As many calls as have work, each with a name of its own, in the host's words."""
    called = ("prompt", "--host", "claude_code", "--file", "-", "--json")
    calls = batch.items(*called, stdin="Sort them.").assert_ok().json()["calls"]

    assert 2 == len(calls)
    assert [True, True] == [f"mails.w{number}" in call for number, call in enumerate(calls, 1)]
    assert 1 == len(batch.items(*called, "--workers", "1", stdin="Sort them.").assert_ok().json()["calls"])


def test_nothing_left_needs_nobody(batch: ItemBatch) -> None:
    """Where no task is left no call is printed."""
    for _ in range(2):
        task, token = batch.claim()
        batch.items("skip", task, "--token", token, "--reason", "not needed").assert_ok()

    said = batch.items("prompt", "--host", "claude_code", "--file", "-", stdin="Sort them.").assert_ok().out
    assert "There is no task to work on." in said
