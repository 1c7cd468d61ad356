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


def _first(session: Session) -> int:
    """Return the characters of the last session's first request that carried tools: text, and tools as JSON."""
    exchange = next(one for one in reversed(session.model.log.exchanges) if one.conversation.tools)
    texts = [exchange.conversation.system, *(message.text for message in exchange.conversation.messages)]
    return sum(map(len, texts)) + len(json.dumps(exchange.body["tools"], ensure_ascii=False))


@pytest.mark.parametrize("kind", KINDS)
def test_the_whole_text_keeps_to_its_budget(
    kind: str, open_host: Open, record_property: Callable[[str, object], None]
) -> None:
    """All that the pack adds to a session (command, lists of skills and agents) is below 1,500 tokens."""

    def answer(conversation: Conversation) -> Answer:
        """End at once."""
        return Answer("done")

    session = open_host(kind, answer)
    word = ["opencode", "run"] if kind == OPENCODE else ["claude", "-p"]
    session.execute([*word, "x"]).assert_ok()
    bare = _first(session)
    session.install("user")
    session.run(REQUEST).assert_ok()
    added = (_first(session) - bare) / CHARACTERS_PER_TOKEN
    record_property("tokens", round(added))
    assert 300 < added < MOST_TOKENS
