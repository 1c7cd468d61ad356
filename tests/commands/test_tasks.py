"""`batchpack tasks`: its commands are there, each loaded when it is called."""

from __future__ import annotations

from tests.support.project import Project


def test_the_group_lists_its_commands(project: Project) -> None:
    """Its help names each command and none of its parts; an unknown one is a usage error."""
    shown = project.run("tasks", "--help").assert_ok().out

    assert all(f"  {name} " in shown for name in ("check", "list", "schema", "show"))
    assert "reading" not in shown
    project.run("tasks", "nope").assert_failed("nope", code=2)
