"""Acts wait for a person's yes, in commands and in tools alike."""

from __future__ import annotations

import pytest

from batchpack.items.approval import NotApproved
from batchpack.items.records import Judgement
from batchpack.mcp_server.tools import Tools
from batchpack.queue.rows import Refused
from tests.support.project import Project

ACT = ("receipts", "append", "before", "--what", "archive", "--token", "1", "--task", "chunk-01", "--item")


@pytest.fixture
def tools(project: Project) -> Tools:
    """Make a batch of two items whose only task is claimed."""
    project.write({"mails.jsonl": '{"id": "a"}\n{"id": "b"}\n'})
    project.run("items", "add", "mails.jsonl", "--name", "mails").assert_ok()
    project.run("items", "chunk", "--by", "size").assert_ok()
    made = Tools(project.folder.resolve())
    assert made.claim_task("w", "chunk-01")["task"]
    return made


def test_no_act_begins_before_the_approval(project: Project, tools: Tools) -> None:
    """The receipt before an act is refused, with what to do, until what was judged is approved."""
    project.run(*ACT, "a").assert_failed("chunk 1 is not approved", "batchpack items approve --chunk 1")
    with pytest.raises(NotApproved):
        tools.append_receipt("before", "archive", "chunk-01", 1, "a")
    project.run("items", "approve", "--ahead", "--by", "me").assert_ok()
    project.run(*ACT, "a").assert_ok()

    assert tools.append_receipt("before", "archive", "chunk-01", 1, "b")["receipt"]["act"]


def test_what_is_no_item_passes(project: Project, tools: Tools) -> None:
    """An act on something that is no item of the batch is bound to its claim only."""
    project.run(*ACT, "elsewhere").assert_ok()
    assert tools.append_receipt("before", "archive", "chunk-01", 1)["receipt"]["seq"] == 2


def test_an_act_is_about_its_own_items(project: Project, tools: Tools) -> None:
    """The task of an act lets no other item be acted on, though that one's chunk is approved too."""
    tools.record_items("chunk-01", 1, [Judgement("a", category="fyi"), Judgement("b", category="task")])
    project.run("items", "approve", "--ahead", "--by", "me").assert_ok()
    project.run("items", "act", "archive", "--category", "fyi", "--file", "-", stdin="Move it.").assert_ok()
    assert tools.claim_task("w", "archive-01")["task"]
    act = ("receipts", "append", "before", "--what", "archive", "--token", "1", "--task", "archive-01", "--item")
    project.run(*act, "b").assert_failed("archive-01 is not about b: do not act on it")
    project.run(*act, "a").assert_ok()

    with pytest.raises(Refused, match="is not about nothing"):
        tools.append_receipt("before", "archive", "archive-01", 1)
