"""`batchpack items run` with the real programs: each item a headless call, each answer a record."""

from __future__ import annotations

import json
import sys

import pytest

from tests.hosts.conftest import Open
from tests.support.hosts import CLAUDE, OPENCODE
from tests.support.model import Answer, Conversation
from tests.support.project import Project

KINDS = [
    pytest.param(kind, name, marks=pytest.mark.host(kind))
    for kind, name in ((OPENCODE, "opencode"), (CLAUDE, "claude"))
]


def judge(conversation: Conversation) -> Answer:
    """Answer as the prompt asks: the first time for mail-2 with what does not fit."""
    told = "\n".join(message.text for message in conversation.messages)
    if "Tell offers from the rest" not in told or not conversation.tools:
        return Answer("A title")
    if '"item": "mail-2"' in told and "was refused" not in told:
        return Answer("I cannot say.")
    category = "offer" if '"Offer' in told else "other"
    return Answer(f'It is clear.\n```json\n{{"category": "{category}", "rationale": "its subject"}}\n```')


@pytest.mark.parametrize(("kind", "name"), KINDS)
def test_a_host_judges_items_without_a_conversation(kind: str, name: str, open_host: Open, project: Project) -> None:
    """Four items are four calls and one repair; each is recorded with what the model said of it."""
    rows = [{"id": f"mail-{n}", "subject": f"{'Offer' if n % 2 else 'Hello'} {n}"} for n in range(1, 5)]
    project.write({
        "mails.jsonl": "".join(json.dumps(row) + "\n" for row in rows),
        "ask.j2": "Tell offers from the rest; use no tool. This is {{ id }}.\n",
    })  # fmt: skip
    project.run("items", "add", "mails.jsonl", "--name", "mails").assert_ok()
    project.run("items", "chunk", "--by", "size", "--max", "2").assert_ok()
    session = open_host(kind, judge)
    words = [sys.executable, "-m", "batchpack", "items", "run", "-j", "2", "--executor", name, "--prompt", "ask.j2"]
    said = project.execute(words, env=session.environment(), timeout=240).assert_ok()

    assert "2 tasks done, 0 failed, with " in said.out, str(said)
    told = ["\n".join(message.text for message in one.messages) for one in session.model.log.arrived]
    assert 1 == sum("refused: there is no JSON object" in text for text in told if '"item": "mail-2"' in text)
    summary = (project.folder / ".batchpack/items/mails/chunks/chunk-01-summary.json").read_text()
    assert {"offer": 1, "other": 1} == json.loads(summary)["categories"]
