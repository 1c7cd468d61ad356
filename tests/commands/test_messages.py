"""`batchpack messages`: a group whose commands are imported when they are called."""

from __future__ import annotations

from tests.support.project import Project


def test_the_commands_are_listed(project: Project) -> None:
    """Every command is there with its sentence, and no part that commands share."""
    said = project.run("messages", "--help").assert_ok().out

    for name in ("submit", "resume", "wait", "results", "cancel"):
        assert f"  {name} " in said
    assert "_sending" not in said
    assert "ordering" not in said


def test_an_unknown_command(project: Project) -> None:
    """A word that is no command is a usage error."""
    project.run("messages", "nothing").assert_failed("nothing", code=2)
