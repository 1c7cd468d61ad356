"""Groups whose commands are modules."""

from __future__ import annotations

import sys
from pathlib import Path

import click
import pytest

from batchpack.groups import LateGroup, options


def test_commands_are_modules_imported_when_called(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A module is a command by its name, one with an underscore in front is none, and none is imported by listing."""
    folder = tmp_path / "some_commands"
    folder.mkdir()
    one = "import click\n\n@click.command\ndef command() -> None:\n    pass\n"
    for name, text in {"__init__": "", "to_do": one, "_part": "raise SystemExit", "broken": "raise SystemExit"}.items():
        (folder / f"{name}.py").write_text(text)
    monkeypatch.syspath_prepend(tmp_path)
    group = LateGroup("some", package="some_commands")
    context = click.Context(group)

    assert ["broken", "to-do"] == group.list_commands(context)
    assert isinstance(group.get_command(context, "to-do"), click.Command)
    assert group.get_command(context, "-part") is None
    assert "some_commands.broken" not in sys.modules


def test_options_stand_in_their_order() -> None:
    """Help lists the options of a command as they were given."""

    @click.command()
    @options(click.argument("what"), click.option("--one"), click.option("--two"))
    def command(what: str, one: str, two: str) -> None:
        """Do it."""

    assert ["what", "one", "two"] == [one.name for one in command.params]
