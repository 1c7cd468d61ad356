"""The group of the receipts' commands."""

from __future__ import annotations

from tests.support.project import Project


def test_the_commands_are_listed(project: Project) -> None:
    """The group names each of its commands with what it does."""
    said = project.run("receipts").out + project.run("receipts", "--help").assert_ok().out
    assert {"append", "show", "verify", "undo", "export"} <= {line.split()[0] for line in said.splitlines() if line}
