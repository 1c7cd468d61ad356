"""The MCP server of the pack in opencode's settings."""

from __future__ import annotations

from collections.abc import Mapping

from batchpack.host import SERVER, SERVER_REASON, SERVER_WITHOUT
from batchpack.values import Edit, Target

from .settings import SettingsFiles  # noqa: TID252 - plugins are loaded by path, their package's name is the manager's

KEYS = ("mcp", SERVER)


def server_edits(target: Target, files: SettingsFiles) -> list[Edit]:
    """Say the server for the file that holds it, else for the last one there; one that a user switched off stays so."""
    path, value = files.holding(*KEYS)
    is_on = value.get("enabled", True) if isinstance(value, Mapping) else True
    wanted = {"type": "local", "command": [target.program, "mcp"], "enabled": is_on}
    return [Edit(path, "json", KEYS, wanted, SERVER_REASON, optional=SERVER_WITHOUT)]
