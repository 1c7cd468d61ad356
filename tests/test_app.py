"""What commands are handed: plugins once and late, names checked, the project found."""

from __future__ import annotations

from pathlib import Path

import pytest

from batchpack import manager
from batchpack.app import App
from batchpack.errors import UnknownName
from tests.support.project import Project


def app() -> App:
    """Make what commands are handed."""
    return App(manager.load)


def test_plugins_load_late_and_once() -> None:
    """Nothing is loaded before it is asked for, and nothing twice."""
    calls = []
    subject = App(lambda: calls.append(1) or manager.load())  # type: ignore[func-returns-value]

    assert [] == calls
    assert subject.registry is subject.registry
    assert [1] == calls


def test_an_unknown_name_is_told_with_the_known_ones() -> None:
    """A host or an executor that is not there is a usage error that lists those there are."""
    with pytest.raises(UnknownName, match="no host named 'emacs'") as caught:
        app().host("emacs")
    assert "opencode" in caught.value.hint
    with pytest.raises(UnknownName, match="no executor named 'emacs'"):
        app().executor("emacs")


def test_a_known_name_is_found() -> None:
    """Each registered host answers to its own name."""
    subject = app()

    assert list(subject.registry.hosts) == [subject.host(name).NAME for name in subject.registry.hosts]


def test_the_project_is_the_given_folder_else_the_work_tree(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """A given folder counts; without one the main work tree around, and outside of git this very folder."""
    project.write({"deep/down/x": "x"}).init_git()
    monkeypatch.chdir(project.folder / "deep/down")
    assert project.folder == app().project()
    assert Path("/given") == app().project(Path("/given"))
    monkeypatch.chdir(project.home)
    assert project.home == app().project()


def test_a_home_under_git_is_no_project(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """People who keep their dotfiles in git do not get runs at the root of their home."""
    project.execute(["git", "init", "-q"], cwd=project.home).assert_ok()
    (project.home / "work").mkdir()
    monkeypatch.setenv("HOME", str(project.home))
    monkeypatch.chdir(project.home / "work")

    assert project.home / "work" == app().project()
