"""opencode's settings files, read as opencode reads them."""

from __future__ import annotations

import importlib
from pathlib import Path

from tests.support.pack import host, target

COMMENTED = '{"a": "// \\" /*", /* x */ "b": {"c": 3}, // "b": 1\n}'


def test_the_last_file_that_says_it_holds(tmp_path: Path) -> None:
    """Comments are passed over, a later file wins, one that is broken says nothing, and a missing value is None."""
    read = importlib.import_module(f"{host('opencode').__name__}.settings").settings_files  # type: ignore[attr-defined]
    (tmp_path / "opencode.json").write_text(COMMENTED)
    (tmp_path / "opencode.jsonc").write_text("broken")
    found = read(target("opencode", "project", tmp_path))

    assert ("opencode.json", 3) == found.holding("b", "c")
    assert ("opencode.jsonc", None) == found.holding("b", "d")
    assert [] == found.named("opencode.json")
    assert ["$schema"] == [edit.keys[0] for edit in found.named("new.json")]
