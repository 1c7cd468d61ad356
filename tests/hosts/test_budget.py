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
MOST_TOKENS, MOST_OTHER_TOKENS = 1500, 1000
CHARACTERS_PER_TOKEN = 4
ROLES = (
    "architect", "backend-go", "debugger", "devops-engineer", "explorer", "frontend-react", "performance-optimizer",
    "security-auditor", "test-automator",
)  # fmt: skip
SERVED = ("mcp__plugin_batchpack_batchpack__", "ListMcpResources", "ReadMcpResource")
"""Tools of the server and for its resources, which older versions of Claude Code send whole.

tests/mcp_server/test_server.py holds the server's to a size.
"""


def _first(session: Session) -> tuple[int, str]:
    """Return the characters of text of the last session's first request that carried tools, and its tools as JSON."""
    exchange = next(one for one in reversed(session.model.log.exchanges) if one.conversation.tools)
    texts = [exchange.conversation.system, *(message.text for message in exchange.conversation.messages)]
    own = [tool for tool in exchange.body["tools"] if not str(tool.get("name")).startswith(SERVED)]
    return sum(map(len, texts)), json.dumps(own, ensure_ascii=False)


def _of_other_work(session: Session) -> int:
    """Return the characters of lists that name what /batch-run does not use: other skills, agents, served tools."""
    exchange = next(one for one in reversed(session.model.log.exchanges) if one.conversation.tools)
    lines = "\n".join([exchange.conversation.system, *(m.text for m in exchange.conversation.messages)]).splitlines()
    own = tuple(f"- batchpack:{name}:" for name in ("batch-run", *ROLES))
    others = [line for line in lines if line.startswith("- batchpack:") and not line.startswith(own)]
    return sum(len(line) + 1 for line in [*others, *(line for line in lines if line.startswith(SERVED[0]))])


def _listed(tools: str) -> int:
    """Return the characters of the pack's agents in a list of agents."""
    return sum(len(line) for line in tools.split("\\n") if "(batchpack)" in line)


@pytest.mark.parametrize("kind", KINDS)
def test_the_whole_text_keeps_to_its_budget(
    kind: str, open_host: Open, record_property: Callable[[str, object], None]
) -> None:
    """What is added for /batch-run (command, its skill and agents) is below 1,500 tokens, the rest below 1,000."""

    def answer(conversation: Conversation) -> Answer:
        """End at once."""
        return Answer("done")

    session = open_host(kind, answer)
    word = ["opencode", "run"] if kind == OPENCODE else ["claude", "-p"]
    session.execute([*word, "x"]).assert_ok()
    bare, bare_tools = _first(session)
    session.install("user")
    session.run(REQUEST).assert_ok()
    text, tools = _first(session)
    # opencode's usual text and tools give way to the orchestrator's, so there all of its text counts as added
    in_place_of = 0 if kind == OPENCODE else bare + len(bare_tools) - len(tools)
    others = _of_other_work(session) / CHARACTERS_PER_TOKEN
    added = (text - in_place_of + (_listed(tools) if kind == OPENCODE else 0)) / CHARACTERS_PER_TOKEN - others
    record_property("tokens", f"{added:.0f}, others {others:.0f}")
    assert 300 < added < MOST_TOKENS
    assert others < MOST_OTHER_TOKENS
