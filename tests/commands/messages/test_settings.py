"""The settings file of `batchpack messages`: options that need not be typed, and variables."""

from __future__ import annotations

import os
from pathlib import Path

import click
import pytest

from batchpack.commands.messages import _settings
from batchpack.errors import BatchpackError, BrokenFile
from tests.support.project import Project

SETTINGS = 'model = "m"\nmax-tokens = 7\nformat = "csv"\n[submit]\nmax-tokens = 9\n[environment]\nSET_BY_FILE = "yes"\n'


@click.command("submit")
@click.option("--model")
@click.option("--max-tokens", type=int)
@click.option("--format", "kind")
@click.option("--cache", is_flag=True)
def submit(**given: object) -> None:
    """Stand for a command."""


def write(folder: Path, text: str, mode: int = 0o600) -> Path:
    """Write a settings file."""
    file = folder / "messages.toml"
    file.write_text(text)
    file.chmod(mode)
    return file


def test_a_commands_own_table_comes_before_the_top(tmp_path: Path) -> None:
    """Options are given by their names on the command line; each command takes those that it has."""
    file = write(tmp_path, SETTINGS + 'x = "1"\n')

    found = _settings.defaults(file, _settings.load(file), submit)

    assert {"model": "m", "max_tokens": 9, "kind": "csv"} == found


def test_without_a_file_nothing_is_set(tmp_path: Path) -> None:
    """The file need not exist."""
    assert {} == _settings.load(tmp_path / "none.toml")


def test_the_environment_comes_before_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable of the file counts only where the process has none."""
    monkeypatch.setenv("SET_BY_BOTH", "process")
    monkeypatch.delenv("SET_BY_FILE", raising=False)
    _settings.apply(_settings.load(write(tmp_path, SETTINGS + 'SET_BY_BOTH = "file"\n')))

    assert ("yes", "process") == (os.environ["SET_BY_FILE"], os.environ["SET_BY_BOTH"])
    monkeypatch.delenv("SET_BY_FILE")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("model = ", "it is no TOML"),
        ("environment = 1\n", "must give each variable a text"),
        ("[environment]\nA = 1\n", "must give each variable a text"),
        ("[submit]\nbudgett = 1\n", "[submit] has 'budgett', which is no option"),
    ],
)
def test_a_wrong_file_is_told(tmp_path: Path, text: str, complaint: str) -> None:
    """What cannot be understood stops the command, with the file and the reason."""
    file = write(tmp_path, text)

    with pytest.raises(BrokenFile) as raised:
        _settings.defaults(file, _settings.load(file), submit)

    assert complaint in str(raised.value)
    assert str(file) in str(raised.value)


def test_a_file_that_others_can_read_holds_no_key(tmp_path: Path) -> None:
    """Variables in a file that is open to others are refused, with the command that closes it."""
    with pytest.raises(BatchpackError) as raised:
        _settings.load(write(tmp_path, SETTINGS, 0o644))

    assert "chmod 600" in raised.value.hint
    assert {"model": "m"} == _settings.load(write(tmp_path, 'model = "m"\n', 0o644))


def test_the_command_line_comes_first(project: Project) -> None:
    """A setting stands in for an option that was not typed; one that was typed wins."""
    project.write({"items.jsonl": '{"a": 1}\n', "p.j2": "{{ a }}\n"})
    folder = project.home / ".config/batchpack"
    folder.mkdir(parents=True)
    write(folder, 'model = "claude-haiku-5-5"\nmax-tokens = 11\ntemplate = "p.j2"\n')
    words = ["messages", "submit", "items.jsonl", "--dry-run", "--no-canary"]

    assert "tokens out: 11 (11 an answer" in project.run(*words).assert_ok().out
    assert "tokens out: 12 (12 an answer" in project.run(*words, "--max-tokens", "12").assert_ok().out
