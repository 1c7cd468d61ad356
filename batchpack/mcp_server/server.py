"""The server: the tools and resources of a project, spoken over standard input and output by the official SDK."""

from __future__ import annotations

import functools
import inspect
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ResourceError, ToolError
from mcp.server.mcpserver.tools.base import Tool
from mcp_types import ToolAnnotations

from batchpack import places
from batchpack.errors import BatchpackError
from batchpack.mcp_server.resources import Resources
from batchpack.mcp_server.tools import Tools

P = ParamSpec("P")
T = TypeVar("T")
LOOKING = ("list_tasks", "get_task", "list_chunks", "list_items", "get_item")


def build(project: Path) -> MCPServer[None]:
    """Make the server of a project; it has no instructions, which hosts put into every session."""
    tools = [_tool(function) for function in Tools(project).all()]
    server: MCPServer[None] = MCPServer("batchpack", version=places.version(), tools=tools, log_level="ERROR")
    for address, function in Resources(project).all().items():
        server.resource(address, mime_type="application/json")(_worded(function, ResourceError))
    return server


def run(project: Path) -> None:
    """Serve until standard input ends; Ctrl-C ends it at once, for what reads standard input cannot be waited for."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    build(project).run("stdio")


def _tool(function: Callable[P, T]) -> Tool:
    """Make a tool that takes its own parameters and no other: a misspelt one must not be passed over."""
    looks = ToolAnnotations(read_only_hint=function.__name__ in LOOKING, destructive_hint=False, open_world_hint=False)
    said = inspect.cleandoc(function.__doc__ or "")
    made = Tool.from_function(_worded(function, ToolError), description=said, annotations=looks)
    model = made.fn_metadata.arg_model
    model.model_config["extra"] = "forbid"
    model.model_rebuild(force=True)
    made.parameters = _untitled(model.model_json_schema(by_alias=True))
    return made


def _untitled(schema: Any) -> Any:
    """Return a schema without the titles that repeat its names: every session of a host pays for them."""
    if isinstance(schema, list):
        return [_untitled(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    return {key: _untitled(value) for key, value in schema.items() if key != "title" or isinstance(value, dict)}


def _worded(function: Callable[P, T], kind: type[Exception]) -> Callable[P, T]:
    """Have a function say what its caller can mend as the kind of error that reaches the client."""

    @functools.wraps(function)
    def call(*given: P.args, **named: P.kwargs) -> T:
        try:
            return function(*given, **named)
        except BatchpackError as error:
            raise kind("\n".join(filter(None, (error.message, error.hint)))) from error

    return call
