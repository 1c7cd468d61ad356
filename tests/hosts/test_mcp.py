"""The server of tools in the real programs: the official inspector lists and calls, hosts claim a task by a tool."""

from __future__ import annotations

import json
import shutil
from typing import Any

import pytest

from batchpack.mcp_server.tools import Tools
from batchpack.queue import batches
from tests.hosts.conftest import Open
from tests.support.hosts import CLAUDE, INSPECTOR, OPENCODE, Session, find
from tests.support.model import Answer, Call, Conversation
from tests.support.project import Outcome, Project

TOOL = {OPENCODE: "batchpack_claim_task", CLAUDE: "mcp__plugin_batchpack_batchpack__claim_task"}
SEARCH = "ToolSearch"
"""Claude Code's tool that brings a tool of a server, whose text costs nothing until then."""


@pytest.fixture
def tools(project: Project) -> Tools:
    """Make a batch with one task in the test's project."""
    folder = project.folder.resolve()
    batches.make(folder, "mails")
    made = Tools(folder)
    made.create_task("chunk-01", "Archive", "mail-1 and mail-2")
    return made


def inspect(project: Project, *words: str) -> Outcome:
    """Run the inspector's command line on the server."""
    if shutil.which("node") is None:
        pytest.skip("node is missing")
    server = ["batchpack", "mcp"]
    return project.execute([str(find(INSPECTOR)), "--cli", *server, *words])


def called(project: Project, tool: str, **given: object) -> Any:
    """Call a tool through the inspector."""
    words = [word for name, value in given.items() for word in ("--tool-arg", f"{name}={value}")]
    return json.loads(inspect(project, "--method", "tools/call", "--tool-name", tool, *words).out)


@pytest.mark.host(INSPECTOR)
def test_the_inspector_lists_and_calls(project: Project, tools: Tools) -> None:
    """The real MCP Inspector lists every tool and resource, and takes a task from its claim to its end."""
    listed = inspect(project, "--method", "tools/list").json()["tools"]
    assert [tool.__name__ for tool in tools.all()] == [tool["name"] for tool in listed]
    resources = inspect(project, "--method", "resources/list").json()["resources"]
    assert {"batchpack://batches", "batchpack://runs"} == {one["uri"] for one in resources}
    claimed = called(project, "claim_task", assignee="inspector")["structuredContent"]["task"]
    done = called(project, "complete_task", id="chunk-01", token=claimed["token"], evidence='["both archived"]')

    assert "done" == done["structuredContent"]["task"]["status"]
    refused = called(project, "heartbeat", id="chunk-01", token=9)
    assert refused["isError"]
    assert ["both archived"] == list(tools.get_task("chunk-01")["task"]["evidence"])


def claiming(tool: str) -> Any:
    """Make a script: the model looks the tool up where the host keeps tools back, calls it once, then ends."""

    def answer(conversation: Conversation) -> Answer:
        """Take the next of these steps."""
        called = [message.tool.name for message in conversation.messages if message.tool]
        if tool in called or not conversation.tools:
            return Answer("done")
        if tool not in conversation.tools and SEARCH not in called:
            return Answer(calls=(Call(SEARCH, {"query": f"select:{tool}", "max_results": 1}),))
        return Answer(calls=(Call(tool, {"assignee": "model"}),))

    return answer


def answers(session: Session, tool: str) -> list[str]:
    """Return what the tool gave the model."""
    messages = [message for one in session.model.log.exchanges for message in one.conversation.messages]
    return [message.text for message in messages if message.tool and message.tool.name == tool]


@pytest.mark.parametrize("kind", [pytest.param(kind, marks=pytest.mark.host(kind)) for kind in (OPENCODE, CLAUDE)])
def test_a_host_claims_a_task_by_the_tool(kind: str, open_host: Open, project: Project, tools: Tools) -> None:
    """After an install the host offers the tools to its model, and a call of one claims the task."""
    session = open_host(kind, claiming(TOOL[kind]))
    session.install("user")
    words = ["opencode", "run", "begin"]
    if kind == CLAUDE:
        words = ["claude", "-p", "begin", "--allowedTools", TOOL[kind]]
    session.execute(words).assert_ok()
    task = tools.get_task("chunk-01")["task"]

    assert ("claimed", "model") == (task["status"], task["assignee"])
    assert "chunk-01" == json.loads(answers(session, TOOL[kind])[0])["task"]["id"]
