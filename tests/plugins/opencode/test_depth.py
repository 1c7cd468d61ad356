"""The setting that lets a subagent start others: which file it goes to, and when nothing is to be done."""

from __future__ import annotations

from pathlib import Path

import pytest

from batchpack.values import Edit, Scope
from tests.support.pack import host, pack, target

USER = (".config/opencode/opencode.json", ".config/opencode/opencode.jsonc")
COMMENTED = '{"a": "// \\" /*", /* x */ "subagent_depth": 3, // "subagent_depth": 1\n}'


def _edits(base: Path, scope: Scope, files: dict[str, str]) -> dict[str, Edit]:
    """Write settings files and return the edits by key."""
    for path, text in files.items():
        (base / path).parent.mkdir(parents=True, exist_ok=True)
        (base / path).write_text(text)
    edits = host("opencode").settings_edits(pack(), target("opencode", scope, base))
    return {".".join(edit.keys): edit for edit in edits}


@pytest.mark.parametrize(
    ("scope", "files", "path", "value"),
    [
        ("user", {}, USER[1], 2),
        ("project", {}, ".opencode/opencode.json", 2),
        ("user", {USER[0]: "{}"}, USER[0], 2),
        ("project", {"opencode.jsonc": "{}"}, "opencode.jsonc", 2),
        ("project", {"opencode.json": "{}", ".opencode/opencode.jsonc": "{}"}, ".opencode/opencode.jsonc", 2),
        ("project", {"opencode.json": '{"subagent_depth": 1}', "opencode.jsonc": "{}"}, "opencode.json", 2),
        ("user", {USER[0]: '{"subagent_depth": 4}', USER[1]: "{}"}, USER[0], 4),
        ("user", {USER[0]: '{"subagent_depth": 4}', USER[1]: '{"subagent_depth": 1}'}, USER[1], 2),
        ("project", {"opencode.json": COMMENTED}, "opencode.json", 3),
        ("project", {"opencode.json": '{"subagent_depth": true}'}, "opencode.json", 2),
        ("project", {"opencode.json": "no json"}, "opencode.json", 2),
    ],
)  # fmt: skip
def test_it_goes_to_the_file_that_holds_it(
    scope: Scope, files: dict[str, str], path: str, value: int, tmp_path: Path
) -> None:
    """The later of two files that say it decides; without one it is the last there is, else a new one."""
    edit = _edits(tmp_path, scope, files)["subagent_depth"]
    assert (path, value) == (edit.path, edit.value)
    assert "BatchExecutor" in edit.optional


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({}, {"$schema", "subagent_depth"}),
        ({"opencode.json": "{}"}, {"subagent_depth"}),
        ({"opencode.json": '{"$schema": "https://opencode.ai/config.json"}'}, {"$schema", "subagent_depth"}),
    ],
)
def test_a_new_file_has_what_opencode_would_add(files: dict[str, str], expected: set[str], tmp_path: Path) -> None:
    """A file without `$schema` gets it from opencode, and uninstall would then find a file that the user changed."""
    assert expected == set(_edits(tmp_path, "project", files)) - {"mcp.batchpack"}
