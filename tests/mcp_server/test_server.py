"""The server as a real process, spoken to by the official client."""

from __future__ import annotations

import json
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import anyio
from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client

from batchpack.mcp_server.server import build
from batchpack.mcp_server.tools import Tools


def talk(folder: Path, talking: Callable[[ClientSession], Awaitable[Any]]) -> Any:
    """Start the server in a folder, say hello, and talk to it."""
    words = StdioServerParameters(command=sys.executable, args=["-m", "batchpack", "mcp"], cwd=folder)

    async def whole() -> Any:
        async with stdio_client(words) as (read, write), ClientSession(read, write) as session:
            await session.initialize()
            return await talking(session)

    return anyio.run(whole)


def test_every_tool_is_listed_and_takes_nothing_else(batch: Path, tmp_path: Path) -> None:
    """The client is told each tool with what it does, and a parameter that a tool does not know is refused."""

    async def talking(session: ClientSession) -> Any:
        misspelt = await session.call_tool("update_task", {"id": "chunk-01", "body_append": "x", "if_verison": 1})
        return (await session.list_tools()).tools, misspelt

    listed, misspelt = talk(tmp_path, talking)

    assert [tool.__name__ for tool in Tools(tmp_path).all()] == [tool.name for tool in listed]
    assert all(tool.description and not tool.description.startswith(" ") for tool in listed)
    assert all(tool.input_schema["additionalProperties"] is False for tool in listed)
    assert "title" in next(tool for tool in listed if tool.name == "create_task").input_schema["properties"]
    assert misspelt.is_error
    assert "if_verison" in misspelt.content[0].text


def test_errors_come_in_words(batch: Path, tmp_path: Path) -> None:
    """What a caller can mend reaches it with what to do; nothing else does."""

    async def talking(session: ClientSession) -> Any:
        claimed = await session.call_tool("claim_task", {"assignee": "w"})
        stale = await session.call_tool("heartbeat", {"id": "chunk-01", "token": 7})
        return claimed.structured_content, stale

    claimed, stale = talk(tmp_path, talking)

    assert ("chunk-01", 1) == (claimed["task"]["id"], claimed["task"]["token"])
    assert stale.is_error
    assert "w has it now" in stale.content[0].text
    assert "claim the next one" in stale.content[0].text


def test_resources_are_read_and_not_changed(batch: Path, tmp_path: Path) -> None:
    """Batches and runs are resources as JSON; an address of no run is an error in words."""

    async def talking(session: ClientSession) -> Any:
        listed = await session.list_resources(), await session.list_resource_templates()
        read = await session.read_resource("batchpack://batches")
        try:
            await session.read_resource("batchpack://runs/none")
        except Exception as error:
            return listed, read, str(error)

    (listed, templates), read, told = talk(tmp_path, talking)

    assert {"batchpack://batches", "batchpack://runs"} == {str(one.uri) for one in listed.resources}
    assert 2 == len(templates.resource_templates)
    assert "mails" == json.loads(read.contents[0].text)["batches"][0]["batch"]
    assert "there is no run 'none' here" in told


def test_a_session_pays_for_few_words(tmp_path: Path) -> None:
    """What hosts tell a model of all the tools stays below 9,500 characters."""
    tools = anyio.run(build(tmp_path).list_tools)

    assert sum(len(f"{one.name}{one.description}{json.dumps(one.input_schema)}") for one in tools) < 9_500
