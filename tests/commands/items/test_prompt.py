"""`batchpack items prompt`."""

from __future__ import annotations

import json

import pytest

from tests.support.item_batches import ItemBatch


def test_the_prompt_is_printed_and_written(batch: ItemBatch) -> None:
    """Without a host the prompt itself is printed, as it stands in the batch's folder."""
    said = batch.items("prompt", "--file", "-", stdin="Tell a from b.").assert_ok().out
    file = batch.project.folder / ".batchpack/items/mails/worker.md"

    assert said.strip() == file.read_text().strip()
    assert "Tell a from b." in said
    assert said == batch.items("prompt").assert_ok().out


@pytest.mark.parametrize(("host", "tool"), [("opencode", "task"), ("claude_code", "Agent")])
def test_calls_in_the_words_of_a_host(host: str, tool: str, batch: ItemBatch) -> None:
    """As many calls as there is work for are printed, one a line, and what comes after them."""
    lines = batch.items("prompt", "--host", host, "--file", "-", stdin="x").assert_ok().out.splitlines()
    calls = [json.loads(line.partition(" ")[2]) for line in lines if line.startswith(f"{tool} {{")]

    assert ["Your NAME is mails.w1.", "Your NAME is mails.w2."] == [
        one["prompt"].partition(" Read")[0] for one in calls
    ]
    assert any(line.endswith("and wait for all of them:") for line in lines)
    assert "Then run:" in lines
    assert lines[-1].endswith("items status --batch mails")
    assert host != "claude_code" or {False} == {one["run_in_background"] for one in calls}


def test_in_the_background_the_queue_is_asked(batch: ItemBatch) -> None:
    """Calls in the background say so, and what follows is a look at the queue, not a wait for notices."""
    words = ("--host", "claude_code", "--background", "--workers", "1", "--file", "-")
    said = batch.items("prompt", *words, stdin="x").assert_ok().out

    assert 1 == said.count('"run_in_background":true')
    assert "wait for all of them" not in said
    assert said.splitlines()[-1].endswith("items status --batch mails --wait 60")


def test_where_nothing_is_left_no_call_is_printed(batch: ItemBatch) -> None:
    """Without a task to work on nobody is started."""
    for task in ("chunk-01", "chunk-02"):
        batch.items("skip", task, "--reason", "not now").assert_ok()
    said = batch.items("prompt", "--host", "opencode", "--file", "-", stdin="x").assert_ok().out

    assert "There is no task to work on." in said
    assert "task {" not in said


def test_what_is_missing_is_said(batch: ItemBatch) -> None:
    """Nobody having said what is wanted, and an unknown host, are told."""
    batch.items("prompt").assert_failed("nobody said what is to be done", code=2)
    batch.items("prompt", "--host", "nano", "--file", "-", stdin="x").assert_failed(
        "there is no host named 'nano'", code=2
    )


def test_a_host_that_there_is_not_is_not_kept(batch: ItemBatch) -> None:
    """An unknown host is told before anything is written down."""
    batch.items("prompt", "--host", "nowhere", "--file", "-", stdin="x").assert_failed("no host named", code=2)

    batch.items("prompt").assert_failed("nobody said what is to be done", code=2)
    assert "nowhere" not in batch.items("status").assert_ok().out
