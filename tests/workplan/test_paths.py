"""Paths that a plan names."""

from __future__ import annotations

import pytest

from batchpack.workplan import paths


@pytest.mark.parametrize("path", ["a.txt", "src/[id].tsx", "a b/c", "./x", ".github/x", ".gitignore", "docs/", "ünï"])
def test_paths_of_the_project_are_fine(path: str) -> None:
    """Names with blanks, brackets and letters of any language are fine."""
    assert [] == [*paths.faults("deliverable", path, patterns=False)]


def test_patterns_belong_into_scope() -> None:
    """A `*` is fine where patterns are, and refused where a file is meant."""
    assert [] == [*paths.faults("scope", "src/**/*.py")]
    assert "patterns belong into scope" in next(paths.faults("deliverable", "src/*.py", patterns=False))


@pytest.mark.parametrize(
    "path", ["..", "a/..", "\\\\host\\x", "a\\..\\..\\x", "/", "~root", "\0", "a\nb", "x" * 1001, "!x"]
)
def test_other_paths_have_one_fault(path: str) -> None:
    """What leads out or cannot be a path has exactly one complaint."""
    assert 1 == len([*paths.faults("scope", path)])
