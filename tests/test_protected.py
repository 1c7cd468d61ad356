"""What agents are kept from: the lists keep their shape, for every host page and the guard start from them."""

from __future__ import annotations

from batchpack import protected


def test_folders_are_plain_paths() -> None:
    """A protected folder is a relative path without wildcards, so that it can be compared as well as matched."""
    assert [] == [folder for folder in protected.PROTECTED_FOLDERS if set("*?[\\") & set(folder) or folder[0] == "/"]


def test_the_records_of_tasks_and_runs_are_protected() -> None:
    """Agents change task files and run records through the programs only."""
    assert {".tmp/tasks", ".batchpack", ".git"} <= set(protected.PROTECTED_FOLDERS)
