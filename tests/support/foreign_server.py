"""A foreign MCP server on standard input and output, whose one tool `touch` makes a file in the current folder."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

TOOL = {
    "name": "touch",
    "description": "Makes a file",
    "inputSchema": {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]},
}


def answer(request: dict[str, Any]) -> dict[str, Any] | None:
    """Return the result for a request; None for what needs no answer."""
    method, parameters = request.get("method"), request.get("params", {})
    if method == "initialize":
        version = parameters.get("protocolVersion", "2025-03-26")
        return {"protocolVersion": version, "capabilities": {"tools": {}}, "serverInfo": {"name": "f", "version": "1"}}
    if method == "tools/list":
        return {"tools": [TOOL]}
    if method == "tools/call":
        Path(parameters["arguments"]["name"]).touch()
        return {"content": [{"type": "text", "text": "made"}]}
    return {} if "id" in request else None


def main() -> None:
    """Answer line by line until the input ends."""
    for line in sys.stdin:
        request = json.loads(line)
        result = answer(request)
        if result is not None:
            sys.stdout.write(json.dumps({"jsonrpc": "2.0", "id": request["id"], "result": result}) + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
