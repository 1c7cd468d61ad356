"""What all commands share: JSON, the project's folder, broken files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from batchpack.commands.task_cli import command
from tests.support.project import Project
from tests.support.tasks import STATUS, TASK_CLI, task_cli, without_privileges


def test_malformed_file(project: Project, auth: Path) -> None:
    """A malformed file is told with line and column; the rest is shown, and the exit code is 1."""
    file = auth / "auth-system" / "subtask_04.json"
    file.write_text('{\n  "id": "x",\n  "seq": \n}')
    done = task_cli(project, "status", "auth-system").assert_failed(f"Error: {file}:4:1: not valid JSON")
    assert "  Status: active | Progress: 30% (3/10)\n  Pending: 6 |" in done.out
    assert "05 - Add login endpoint" in done.out
    checked = task_cli(project, "validate", "auth-system")
    assert (1, True) == (checked.code, "  ✗ ERROR: subtask_04.json:4:1: not valid JSON" in checked.out)
    other = task_cli(project, "complete", "auth-system", "05", "x", "--force").assert_ok()
    assert f"Warning: {file}:4:1" in other.err


JSON = [
        ["status"], ["status", "auth-system"], ["next"], ["parallel"], ["deps", "auth-system", "09"], ["blocked"],
        ["validate"], ["context", "auth-system"], ["batches", "auth-system"], ["complete", "auth-system", "04", "ok"],
        ["start", "auth-system", "04"], ["block", "auth-system", "04", "why"], ["init", "new", "--name", "New"],
        ["add", "auth-system", "More"], ["batch-check", "auth-system", "05", "06"],
        ["report", "auth-system", "01", "--no-verify"], ["archive", "auth-system", "--force"],
]  # fmt: skip
"""A call of each command that answers with one object."""


def test_every_command_has_json() -> None:
    """The calls below name every command there is; watch, a stream, and help have their own tests."""
    listed = set(command.list_commands(click.Context(command)))
    assert listed == {words[0] for words in JSON} | {"watch", "help", "unblock"}


@pytest.mark.parametrize("words", JSON, ids=lambda words: words[0])
def test_json(project: Project, auth: Path, words: list[str]) -> None:
    """Every command has --json with the version of its shape."""
    facts = task_cli(project, *words, "--json").json()
    assert (1, []) == (facts["schema"], facts["problems"])
    assert len(facts) > 2


def test_json_of_the_others(project: Project, auth: Path) -> None:
    """Unblock after a block and help have it too; an error on the way prints no half of an object."""
    task_cli(project, "block", "auth-system", "04", "why").assert_ok()
    facts = task_cli(project, "unblock", "auth-system", "04", "--json").json()
    assert (1, [], "pending") == (facts["schema"], facts["problems"], facts["task"]["status"])
    helped = task_cli(project, "help", "--json").json()
    assert (1, "Show the subtasks that may start now.") == (helped["schema"], helped["commands"]["next"])
    assert task_cli(project, "unblock", "auth-system", "04", "--json").assert_failed("is not blocked").out == ""


CODES = [
    (0, ["status"]), (0, ["next", "none-yet", "--help"]), (0, []), (0, ["help"]), (0, ["-h"]),
    (0, ["complete", "auth-system", "04", "ok"]), (0, ["batch-check", "auth-system", "05", "06"]),
    (1, ["complete", "auth-system", "01", "again"]), (1, ["complete", "auth-system", "05", "early"]),
    (1, ["complete", "auth-system", "04", "x" * 201]), (1, ["complete", "auth-system", "04", " "]),
    (1, ["complete", "auth-system", "99", "x"]), (1, ["unblock", "auth-system", "04"]),
    (1, ["batch-check", "auth-system", "04", "05"]), (1, ["report", "auth-system", "04"]),
    (1, ["status", "none"]), (1, ["deps", "auth-system", "99"]), (1, ["archive", "auth-system"]),
    (1, ["init", "auth-system", "--name", "A"]), (1, ["watch", "auth-system", "--timeout", "0"]),
    (1, ["status", "--root", "/none"]), (1, ["add", "auth-system", "T", "--depends-on", "99"]),
    (2, ["none"]), (2, ["status", "--none"]), (2, ["status", "../x"]), (2, ["status", "a/b"]), (2, ["status", "-rf"]),
    (2, ["complete", "-rf", "01", "x"]), (2, ["init", "two words", "--name", "A"]), (2, ["init", "b"]),
    (2, ["complete", "auth-system", "04"]), (2, ["complete"]), (2, ["start", "auth-system", "04", "--agent", "a b"]),
    (2, ["context", "auth-system", "--limit", "0"]), (2, ["status", ""]),
]  # fmt: skip


@pytest.mark.parametrize(("code", "words"), CODES, ids=lambda each: " ".join(each)[:40] if type(each) is list else "")
def test_exit_codes(project: Project, auth: Path, code: int, words: list[str]) -> None:
    """The exit code says whether it is done, refused or wrongly called; never is an error a bug or without words."""
    done = task_cli(project, *words)
    assert (code, True) == (done.code, code == 0 or bool(done.err or done.out))


@pytest.fixture
def closed(auth: Path) -> Iterator[Path]:
    """Make the tasks folder read-only, the feature's folder closed, and both open again at the end."""
    (auth / "auth-system").chmod(0o644)
    auth.chmod(0o555)
    yield auth
    auth.chmod(0o755)
    (auth / "auth-system").chmod(0o755)


def test_folders_without_rights(project: Project, closed: Path) -> None:
    """What may not be read or written is told, in both cases with exit 1."""
    looked = project.execute([*without_privileges(), TASK_CLI, "status", "auth-system"])
    looked.assert_failed(f"Error: {closed}/auth-system/task.json: Permission denied")
    (closed / "auth-system").chmod(0o755)
    for words in (["complete", "auth-system", "04", "x"], ["init", "new", "--name", "N"], ["add", "auth-system", "T"]):
        done = project.execute([*without_privileges(), TASK_CLI, *words])
        done.assert_failed("cannot write", "nothing was lost")


def test_closed_parent(project: Project, auth: Path) -> None:
    """Where not even the folder above the features may be entered, that is told."""
    auth.parent.chmod(0o000)
    try:
        done = project.execute([*without_privileges(), TASK_CLI, "status"])
        made = project.execute([*without_privileges(), TASK_CLI, "init", "new", "--name", "N"])
    finally:
        auth.parent.chmod(0o755)
    done.assert_failed("Permission denied")
    made.assert_failed("Permission denied")


@pytest.mark.parametrize("closed", ["1", "2"])
def test_closed_streams(project: Project, auth: Path, closed: str) -> None:
    """A change is made, and a refusal is one, also where standard output or error was closed from the beginning."""
    for code, seq in ((0, "04"), (1, "04")):
        script = f'"$0" complete auth-system {seq} ok {closed}>&-'
        done = project.execute(["bash", "-c", script, TASK_CLI])
        assert (code, False) == (done.code, "bug" in done.out + done.err)
    assert task_cli(project, "status").out.count("(4/10)") == 1


def test_root_and_variable(project: Project, auth: Path, tmp_path: Path) -> None:
    """--root names the project's folder and wins over the variable, which names the folder of features."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    assert task_cli(project, "status", cwd=elsewhere).out == "No active features found.\n"
    assert task_cli(project, "status", "--root", str(project.folder), cwd=elsewhere).out == STATUS
    named = {"BATCHPACK_TASKS_DIR": str(auth)}
    assert task_cli(project, "status", cwd=elsewhere, env=named).out == STATUS
    assert task_cli(project, "status", "--root", str(elsewhere), env=named).out == "No active features found.\n"
    task_cli(project, "status", "--root", str(elsewhere / "no")).assert_failed("is not a folder")
