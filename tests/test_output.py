"""The printer: facts on standard output, warnings on standard error, JSON with its schema first."""

from __future__ import annotations

import io
import json
import sys

import pytest

from batchpack import output
from tests.support.project import Project


def test_facts_and_warnings_go_apart(capsys: pytest.CaptureFixture[str]) -> None:
    """What is said can be piped away from what is warned of."""
    output.say("fact")
    output.warn("beware")

    assert ("fact\n", "beware\n") == capsys.readouterr()


def test_json_begins_with_its_schema(capsys: pytest.CaptureFixture[str]) -> None:
    """Every JSON object names the version of its shape first, and keeps letters of all scripts."""
    output.say_json({"path": "Straße"})

    out = capsys.readouterr().out
    assert ["schema", "path"] == list(json.loads(out))
    assert "Straße" in out


def test_json_stays_json_where_letters_cannot_be_shown(project: Project) -> None:
    """On an output of ASCII they are JSON's own escapes, not Python's."""
    words = f"from batchpack.output import *; say_json({{'a': {'é模😀'!a}}}); say_json_line({{'a': {'é'!a}}})"
    plain = {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}

    out = project.execute([sys.executable, "-c", words], env=plain).assert_ok().out
    first, rest = json.JSONDecoder().raw_decode(out)
    assert ("é模😀", "é", True) == (first["a"], json.loads(out[rest:])["a"], out.isascii())


def test_pieces_that_cannot_be_shown_are_escapes(project: Project) -> None:
    """What is written piece by piece to an output of ASCII arrives, too."""
    words = f"from batchpack.output import stream; stream().write({'é模'!a})"
    plain = {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}

    assert r"\xe9\u6a21" == project.execute([sys.executable, "-c", words], env=plain).assert_ok().out


def test_a_pipe_is_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    """Captured output counts as not looked at by a person."""
    assert output.is_terminal() is False


@pytest.mark.parametrize(
    ("typed", "agreed"), [("\n", True), ("Yes\n", True), ("n\n", False), ("what\nno\n", False), ("", False)]
)
def test_only_a_yes_or_the_return_key_agrees(typed: str, agreed: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Other words are asked again, and the end of input is a no."""
    monkeypatch.setattr("sys.stdin", io.StringIO(typed))
    assert agreed == output.confirm("Go on?")


def test_a_page_is_shown_by_the_browser_that_is_there(project: Project) -> None:
    """The program that BROWSER names gets the address; where there is none the caller is told."""
    words = "from batchpack.output import show_page; print(show_page('file:///x%20y.html'))"
    browser = project.folder / "browser"
    browser.write_text('#!/bin/sh\nprintf %s "$1" > shown\n')
    browser.chmod(0o755)

    found = project.execute([sys.executable, "-c", words], env={"BROWSER": f"{browser} %s"})
    none = project.execute([sys.executable, "-c", words], env={"BROWSER": "/nowhere/x", "PATH": "/nowhere"})

    assert ("True\n", "file:///x%20y.html") == (found.out, (project.folder / "shown").read_text())
    assert "False\n" == none.out
