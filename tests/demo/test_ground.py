"""The ground of a demo: its folder, its variables, its removal."""

from __future__ import annotations

from pathlib import Path

import pytest

from batchpack.demo import ground
from tests.support.project import tree


def test_the_project_is_a_repository_with_one_commit(tmp_path: Path) -> None:
    """The small project is committed whole."""
    made = ground.make(tmp_path / "demo")

    assert "a small project" in made.run(["git", "log", "--format=%s"]).out
    assert "" == made.run(["git", "status", "--porcelain"]).out
    assert (made.project / "notes/store.py").is_file()


def test_programs_see_the_private_home_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Variables that would lead out of the folder are left out."""
    monkeypatch.setenv("XDG_CONFIG_HOME", "/elsewhere")
    monkeypatch.setenv("GIT_DIR", "/elsewhere")
    environment = ground.Ground(tmp_path, made=True).environment()

    assert str(tmp_path / "home") == environment["HOME"]
    assert not {"XDG_CONFIG_HOME", "GIT_DIR"} & set(environment)


@pytest.mark.parametrize("there", [True, False])
def test_removal_leaves_what_was_there(tmp_path: Path, there: bool) -> None:
    """A folder that was there stays, empty as it was; one that the demo made goes."""
    folder = tmp_path / "demo"
    if there:
        folder.mkdir()
    before = tree(tmp_path)

    ground.make(folder).remove()

    assert before == tree(tmp_path)
