"""The group of the commands for items."""

from __future__ import annotations

from tests.support.project import Project


def test_the_commands_are_listed(project: Project) -> None:
    """The group names each of its commands with what it does."""
    said = project.run("items", "--help").assert_ok().out
    listed = {line.split()[0] for line in said.splitlines() if line}
    assert {"add", "chunk", "claim", "record", "approve", "act", "prompt", "status"} <= listed
