"""What the commands share: where they look for a run."""

from __future__ import annotations

from tests.merging.desk import Desk


def test_a_run_of_another_folder_is_found(desk: Desk) -> None:
    """`--project` names the project, from wherever the command is run."""
    elsewhere = desk.project.home
    words = ("merge", "status", "latest", "--project", str(desk.project.folder))

    assert f"Merge queue of run {desk.made.short}" in desk.project.run(*words, cwd=elsewhere).assert_ok().out
