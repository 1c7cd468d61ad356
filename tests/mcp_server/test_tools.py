"""The tools, called as functions: what a worker does from the first claim to an empty queue."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from batchpack.errors import BatchpackError, UsageError
from batchpack.items.records import Judgement
from batchpack.mcp_server.tools import Tools
from batchpack.queue.rows import StaleClaim
from batchpack.receipts.book import Book
from batchpack.receipts.recording import verify
from tests.support.item_batches import make_batch
from tests.support.project import Project


def test_a_worker_works_until_nothing_is_left(tools: Tools) -> None:
    """Claims give each task once; ended tasks are listed by their status, and the last claim says that all is done."""
    seen = []
    while task := tools.claim_task("w")["task"]:
        seen.append(task["id"])
        assert "claimed" == tools.heartbeat(task["id"], task["token"])["task"]["status"]
        tools.complete_task(task["id"], task["token"], ["looked at it"], {"kept": 1})
    last = tools.claim_task("w")

    assert ["chunk-01", "chunk-02", "chunk-03"] == seen
    assert (None, False, 3) == (last["task"], last["left"], last["counts"]["done"])
    assert seen == [task["id"] for task in tools.list_tasks("done", "w")["tasks"]]
    assert {"kept": 1} == tools.get_task("chunk-01")["task"]["result"]


def test_a_list_comes_in_pages(tools: Tools) -> None:
    """A page ends with the place where the next one begins, the last with none."""
    first = tools.list_tasks("active", limit=2)
    second = tools.list_tasks("active", cursor=first["cursor"], limit=2)

    assert ["chunk-01", "chunk-02", "chunk-03"] == [one["id"] for one in first["tasks"] + second["tasks"]]
    assert second["cursor"] is None


def test_others_are_waited_for(tools: Tools) -> None:
    """While others hold what is left, a claim says that there is something left, and when to ask again."""
    for number in range(3):
        tools.claim_task(f"w{number}", lease_seconds=60)
    told = tools.claim_task("late")

    assert (None, True) == (told["task"], told["left"])
    assert 0 < told["ask_again_seconds"] <= 60


def test_a_task_ends_failed_skipped_or_given_back(tools: Tools) -> None:
    """A task is failed for good, tried again, skipped, or given back; a repeated end changes nothing."""
    one, two, three = (tools.claim_task("w")["task"] for _ in range(3))
    assert "failed" == tools.fail_task(one["id"], one["token"], "no such file")["task"]["status"]
    assert "failed" == tools.fail_task(one["id"], one["token"], "no such file")["task"]["status"]
    assert "pending" == tools.fail_task(two["id"], two["token"], "busy", again=True)["task"]["status"]
    assert "skipped" == tools.skip_task(three["id"], "a duplicate", three["token"])["task"]["status"]
    four = tools.claim_task("w")["task"]
    assert (two["id"], "pending") == (four["id"], tools.release_task(four["id"], four["token"])["task"]["status"])


def test_update_claims_notes_and_gives_back(tools: Tools) -> None:
    """An update claims a named task with a note, adds to its body under the token, and gives it back."""
    task = tools.update_task("chunk-02", "in_progress", "w", "begun")["task"]
    assert ("claimed", "w") == (task["status"], task["assignee"])
    tools.update_task("chunk-02", body_append="half done", token=task["token"])
    task = tools.update_task("chunk-02", "active", token=task["token"])["task"]

    assert ("pending", ["begun", "half done"]) == (task["status"], task["body"].split("\n"))
    assert "chunk-01" == tools.claim_task("w")["task"]["id"]


def test_an_update_of_what_was_not_read_is_refused(tools: Tools) -> None:
    """With if_version nothing is written over what somebody changed meanwhile; an old token is refused."""
    version = tools.get_task("chunk-01")["task"]["version"]
    tools.update_task("chunk-01", body_append="first", if_version=version)
    for more in ({"body_append": "second"}, {"status": "in_progress", "assignee": "w"}):
        with pytest.raises(BatchpackError, match="was changed meanwhile"):
            tools.update_task("chunk-01", if_version=version, **more)  # type: ignore[arg-type]
    task = tools.claim_task("w", "chunk-01")["task"]
    with pytest.raises(BatchpackError, match="was changed meanwhile"):
        tools.update_task("chunk-01", "active", if_version=version, token=task["token"])
    with pytest.raises(StaleClaim):
        tools.update_task("chunk-01", body_append="late", token=task["token"] - 1)
    assert "first" == tools.get_task("chunk-01")["task"]["body"]


@pytest.mark.parametrize("more", [{}, {"assignee": "w"}, {"status": "in_progress"}, {"status": "active"}])
def test_an_update_of_nothing_is_told(tools: Tools, more: dict[str, str]) -> None:
    """An update without a change, without a worker or without a token says what it needs."""
    with pytest.raises(UsageError) as caught:
        tools.update_task("chunk-01", **more)  # type: ignore[arg-type]
    assert "give " in caught.value.hint


def test_receipts_are_written_under_the_claim(tools: Tools, batch: Path) -> None:
    """Receipts come before and after an act, by the holder of the claim only, with the state and the undo words."""
    task = tools.claim_task("w")["task"]
    words = {"task": task["id"], "item": "m 1", "worker": "w", "state": {"in": "a"}, "undo": ["mv", "b/m 1", "a"]}
    begun = tools.append_receipt("before", "archive", token=task["token"], **words)["receipt"]
    tools.append_receipt("after", act=begun["act"], result="done")
    with pytest.raises(StaleClaim):
        tools.append_receipt("before", "archive", token=9, **words)

    before, _ = Book(batch).find(begun["act"])
    assert before
    assert (("mv", "b/m 1", "a"), {"in": "a"}) == (before.draft.undo, before.draft.state)
    assert (2, True) == (verify(batch).receipts, verify(batch).is_whole)
    assert 2 == tools.get_task(task["id"])["task"]["body"].count("- Receipt ")


def test_a_batch_is_meant_by_its_name(tools: Tools) -> None:
    """A batch is named, or the latest; a name that is none, or leads elsewhere, is told."""
    assert "mails" == tools.list_tasks(batch="mails")["batch"]
    for name in ("none", "../mails", "/etc"):
        with pytest.raises(BatchpackError):
            tools.list_tasks(batch=name)


def test_a_chunk_is_judged_item_by_item(project: Project) -> None:
    """Items are listed and shown, records are taken from the holder alone, and a chunk ends when all are judged."""
    rows = [{"id": name, "text": text} for name, text in {"a": "x" * 30_000, "b": "text"}.items()]
    project.write({"letters.jsonl": "".join(json.dumps(one) + "\n" for one in rows)})
    project.run("items", "add", "letters.jsonl", "--name", "letters").assert_ok()
    project.run("items", "chunk", "--by", "size").assert_ok()
    tools = Tools(project.folder.resolve())
    task = tools.claim_task("w")["task"]
    listed = tools.list_items(chunk=1, left=True)["items"]
    assert ["a", "b"] == [item["id"] for item in listed]
    assert "(10,000 characters more" in tools.get_item("a")["item"]["fields"]["text"]
    judged = [Judgement("a", category="fyi", rationale="old")]
    assert (1, 2) == tuple(tools.record_items(task["id"], task["token"], judged)[key] for key in ("judged", "items"))
    with pytest.raises(BatchpackError, match="have no record: b"):
        tools.complete_task(task["id"], task["token"], ["looked"])
    with pytest.raises(StaleClaim):
        tools.record_items(task["id"], task["token"] + 1, [Judgement("b")])
    tools.record_items(task["id"], task["token"], [Judgement("b", "skipped")])

    assert "done" == tools.complete_task(task["id"], task["token"], ["looked"])["task"]["status"]
    assert "skipped" == tools.get_item("b")["item"]["record"]["disposition"]


@pytest.mark.parametrize("end", ["complete", "fail", "skip"])
def test_the_end_of_a_chunk_writes_its_files(project: Project, end: str) -> None:
    """However a chunk ends, its summary and details are written, as the commands do."""
    make_batch(project)
    tools = Tools(project.folder.resolve())
    task = tools.claim_task("w")["task"]
    if end == "complete":
        tools.record_items(task["id"], task["token"], [Judgement(f"i{n}") for n in (0, 2, 4)])
        tools.complete_task(task["id"], task["token"], ["read"])
    elif end == "fail":
        tools.fail_task(task["id"], task["token"], "no access")
    else:
        tools.skip_task(task["id"], "a twin", task["token"])

    written = {path.name for path in (project.folder / ".batchpack/items/mails/chunks").iterdir()}
    assert {"chunk-01-summary.json", "chunk-01-details.md"} == written


def test_an_item_that_is_a_file_comes_with_its_text(project: Project) -> None:
    """Of a file the tool gives the text, as the command does."""
    project.write({"a.txt": "hello\n"})
    project.run("items", "add", "*.txt", "--name", "files").assert_ok()
    tools = Tools(project.folder.resolve())
    item = tools.list_items()["items"][0]["id"]

    assert "hello\n" == tools.get_item(item)["item"]["fields"]["text"]
