"""`batchpack execute-batch`: its commands are there."""

from __future__ import annotations

from tests.support.project import Project


def test_the_group_lists_its_commands(project: Project) -> None:
    """Its help names each command and none of its parts; an unknown one is a usage error."""
    shown = project.run("execute-batch", "--help").assert_ok().out

    assert all(f"  {name} " in shown for name in ("begin", "end", "record"))
    assert "batch  " not in shown.partition("Commands:")[2]
    project.run("execute-batch", "nope").assert_failed("nope", code=2)
