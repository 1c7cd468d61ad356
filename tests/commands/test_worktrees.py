"""`batchpack worktrees`: the group."""

from __future__ import annotations

from tests.support.project import Project


def test_the_commands_are_listed(project: Project) -> None:
    """The group names its commands, each with a line, and refuses others."""
    said = project.run("worktrees", "--help").assert_ok().out

    assert [word for word in ("clean", "list", "salvage") if f"\n  {word} " in said] == ["clean", "list", "salvage"]
    project.run("worktrees", "nothing").assert_failed("No such command", code=2)
