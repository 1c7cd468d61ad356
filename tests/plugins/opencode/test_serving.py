"""The MCP server in opencode's settings: which file it goes to, and what a user switched off stays off."""

from __future__ import annotations

from pathlib import Path

import pytest

from batchpack.values import Scope
from tests.support.pack import host, pack, target

OFF = '{"mcp": {"batchpack": {"enabled": false}}}'


@pytest.mark.parametrize(
    ("scope", "files", "path", "enabled"),
    [
        ("user", {}, ".config/opencode/opencode.jsonc", True),
        ("project", {}, ".opencode/opencode.json", True),
        ("project", {"opencode.json": "{}"}, "opencode.json", True),
        ("project", {"opencode.json": OFF, ".opencode/opencode.json": "{}"}, "opencode.json", False),
        ("project", {"opencode.json": '{"mcp": {"batchpack": true}}'}, "opencode.json", True),
        ("project", {"opencode.json": '{"mcp": 1}'}, "opencode.json", True),
    ],
)  # fmt: skip
def test_it_goes_to_the_file_that_holds_it(
    scope: Scope, files: dict[str, str], path: str, enabled: bool, tmp_path: Path
) -> None:
    """The server is said where it stands already, with the switch that the user left it at, else in the last file."""
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    edits = host("opencode").settings_edits(pack(), target("opencode", scope, tmp_path, "/opt/bp"))
    edit = next(edit for edit in edits if edit.keys == ("mcp", "batchpack"))

    assert path == edit.path
    assert {"type": "local", "command": ["/opt/bp", "mcp"], "enabled": enabled} == edit.value
    assert "batchpack items" in edit.optional
