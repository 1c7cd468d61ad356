"""The task CLI as a program: help, names of commands and features."""

from __future__ import annotations

import sys

import pytest

from tests.support.project import Project
from tests.support.tasks import auth_system, task_cli


@pytest.mark.parametrize("words", [[], ["help"], ["-h"], ["--help"]])
def test_help(project: Project, words: list[str]) -> None:
    """Help, also as no word at all, names every command and ends well."""
    out = task_cli(project, *words).assert_ok().out
    assert "Usage: task-cli" in out
    for name in ("status", "next", "parallel", "deps", "blocked", "complete", "validate", "batch-check", "report"):
        assert f"\n  {name} " in out


@pytest.mark.parametrize(
    "name", ["../auth-system", "a/b", "a b", "-rf", "ünï", "a..b", "x.lock", "", "completed", "\n"]
)
def test_bad_feature_names(project: Project, name: str) -> None:
    """A name that could leave the folder or pass for an option is refused as usage, by readers and by writers."""
    auth_system(project.folder / ".tmp" / "tasks")
    task_cli(project, "status", name).assert_failed(code=2)
    task_cli(project, "complete", name, "01", "done").assert_failed(code=2)
    task_cli(project, "init", name, "--name", "X").assert_failed(code=2)


def test_unknown_command(project: Project) -> None:
    """A word that is no command is a usage error."""
    task_cli(project, "finish").assert_failed("No such command 'finish'", code=2)


def test_looking_imports_little(project: Project) -> None:
    """A command that only looks, which agents call again and again, loads no library that is slow to import."""
    auth_system(project.folder / ".tmp" / "tasks")
    script = (
        "import sys; from batchpack.cli import _command;"
        "_command('task_cli').main(['status', 'auth-system'], standalone_mode=False);"
        "print(sorted({'pydantic', 'pluggy', 'yaml', 'rich', 'jinja2', 'subprocess', 'tempfile'} & set(sys.modules)))"
    )
    assert project.execute([sys.executable, "-c", script]).assert_ok().out.endswith("\n[]\n")
