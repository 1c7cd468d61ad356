"""The list of projects: each once, whatever else stands in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from batchpack import projects


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of its own."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("XDG_STATE_HOME", raising=False)
    return tmp_path / "home"


def test_a_project_is_listed_once(tmp_path: Path) -> None:
    """Remembered twice it stands there once; one that is gone is not told."""
    one, two = tmp_path / "one", tmp_path / "two\nlines"
    for folder in (one, two):
        folder.mkdir()
        projects.remember(folder)
    projects.remember(one / ".." / "one")

    assert [one, two] == projects.known()
    one.rmdir()
    assert [two] == projects.known()


def test_torn_and_foreign_lines_are_no_projects(tmp_path: Path) -> None:
    """What a crash or somebody else left in the list is passed over."""
    projects.remember(tmp_path)
    with projects.path().open("a") as stream:
        stream.write('[1]\n"relative"\n"/nul\\u0000"\n{"a": \n"/tor')

    assert [tmp_path] == projects.known()


def test_a_state_folder_that_cannot_be_written_is_no_harm(home: Path, tmp_path: Path) -> None:
    """A closed home costs the list, not the batch."""
    home.write_text("a file where the home should be")

    projects.remember(tmp_path)

    assert [] == projects.known()
