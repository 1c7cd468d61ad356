"""What the report says of tokens, held against the truth of a scripted model in the real program."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.support.hosts import CLAUDE, session
from tests.support.model import Answer, Call, Conversation
from tests.support.work import Ground, plan

TOKENS = 110
"""What the scripted model says that each of its answers took: 100 in, 10 out."""


@pytest.mark.host("claude_code")
def test_tokens_are_those_of_the_model(tmp_path: Path) -> None:
    """A task of two answers that fails once and is tried again in its session: every answer is counted, once."""
    ground = Ground(tmp_path)
    answers = 0

    def script(conversation: Conversation) -> Answer:
        nonlocal answers
        answers += 1
        asked = [message.text for message in conversation.messages if message.role == "user"]
        again = sum("Task `a`" in text for text in asked) > 1
        if not any(message.calls for message in conversation.messages):
            folder = re.search(r"Folder to work in: (\S+)", "".join(asked))
            assert folder is not None
            return Answer(calls=(Call("Write", {"file_path": f"{folder[1]}/a.py", "content": "A = 1\n"}),))
        status = {"task_id": "a", "status": "verified"} if again else {"task_id": "a", "status": "failed", "error": "x"}
        return Answer(f"Done.\nRESULT:\n{json.dumps(status)}")

    with session(CLAUDE, ground.project, script) as host:
        text = plan({"id": "a", "prompt": "Write a.py.", "deliverables": ["a.py"]})
        done = ground.run(text, "--executor", "claude", env=host.environment())
    assert "Traceback" not in done.err
    facts = ground.project.run("report", "--json").json()

    used = facts["usage"]
    assert (2, 2, 0) == (used["attempts"], used["measured"], used["unknown"]), str(done)
    assert (TOKENS * answers, 100 * answers) == (used["tokens"], used["input"]), str(done)
    assert f"<dd>{TOKENS * answers}</dd>" in Path(facts["report"]).read_text()
