"""How much text `/batch-run` puts before the model, measured at the scripted model in the real programs."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from tests.hosts.conftest import Open
from tests.support.hosts import CLAUDE, OLD_CLAUDE, OPENCODE, Session
from tests.support.model import Answer, Conversation

KINDS = [pytest.param(kind, marks=pytest.mark.host(kind)) for kind in (OPENCODE, CLAUDE, OLD_CLAUDE)]
REQUEST = '"Build user authentication with React frontend, Go backend, tests, and docs"'
MOST_TOKENS = 1500
CHARACTERS_PER_TOKEN = 4
SERVER = ".claude/skills/batchpack/.mcp.json"


def _first(session: Session) -> tuple[int, str]:
    """Return the characters of text of the last session's first request that carried tools, and its tools as JSON."""
    exchange = next(one for one in reversed(session.model.log.exchanges) if one.conversation.tools)
    texts = [exchange.conversation.system, *(message.text for message in exchange.conversation.messages)]
    return sum(map(len, texts)), json.dumps(exchange.body["tools"], ensure_ascii=False)


def _listed(tools: str) -> int:
    """Return the characters of the pack's agents in a list of agents."""
    return sum(len(line) for line in tools.split("\\n") if "(batchpack)" in line)


@pytest.mark.parametrize("kind", KINDS)
def test_the_whole_text_keeps_to_its_budget(
    kind: str, open_host: Open, record_property: Callable[[str, object], None]
) -> None:
    """All that the pack adds to a session (command, lists of skills and agents) is below 1,500 tokens.

    But for its server of tools, which tests/mcp_server/test_server.py holds to a size: how far a server has come when
    a session begins changes what Claude Code says of itself, by its own tool for waiting.
    """

    def answer(conversation: Conversation) -> Answer:
        """End at once."""
        return Answer("done")

    session = open_host(kind, answer)
    word = ["opencode", "run"] if kind == OPENCODE else ["claude", "-p"]
    session.execute([*word, "x"]).assert_ok()
    bare, bare_tools = _first(session)
    session.install("user")
    (session.project.home / SERVER).unlink(missing_ok=True)
    session.run(REQUEST).assert_ok()
    text, tools = _first(session)
    # opencode's usual text and tools give way to the orchestrator's, so there all of its text counts as added
    in_place_of = 0 if kind == OPENCODE else bare + len(bare_tools) - len(tools)
    added = (text - in_place_of + (_listed(tools) if kind == OPENCODE else 0)) / CHARACTERS_PER_TOKEN
    record_property("tokens", round(added))
    assert 300 < added < MOST_TOKENS
