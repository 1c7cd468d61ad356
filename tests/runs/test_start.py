"""Starting a run: it is there whole, where it belongs, or not at all."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from batchpack.errors import BatchpackError, UnsafePath
from batchpack.runs import index
from tests.runs.build import make_run
from tests.support.project import Project, tree


def test_what_killed_starts_left_is_swept_an_hour_later(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """A start removes old halves of runs, and leaves one that may still be under way."""
    parent = make_run(project, monkeypatch, [("one",)]).folder.parent
    old, young = parent / ".new-old", parent / ".new-young"
    for folder in (old, young):
        folder.mkdir()
        Path(folder / "plan.json").write_text("{}")
    os.utime(old, (1, 1))
    make_run(project, monkeypatch, [("one",)])
    assert (old.exists(), young.exists()) == (False, True)


def test_a_run_is_there_whole(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Plan, facts, journal, the folders for prompts and results, the short way to the prompts, and no leftovers."""
    run = make_run(project.init_git(), monkeypatch, [("one",)])
    assert {"plan.json", "run.json", "journal.jsonl", "prompts", "results"} == {
        one.name for one in run.folder.iterdir()
    }
    assert [run.folder] == list(run.folder.parent.iterdir())
    assert (run.facts.root / run.short).resolve() == run.folder / "prompts"
    assert run.facts.baseline.commit == project.git("rev-parse", "HEAD").strip()
    assert project.git("status", "--porcelain") == ""
    assert [run.id] == [entry.run for entry in index.entries()]


def test_the_users_own_gitignore_stays(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """A `.gitignore` in the run root is made once and never changed."""
    project.write({".batchpack/.gitignore": "mine\n"})
    make_run(project, monkeypatch, [("one",)])
    assert (project.folder / ".batchpack" / ".gitignore").read_text() == "mine\n"


@pytest.mark.parametrize("place", ["../out", "/tmp", "a/../../out", "link/runs"])
def test_a_place_outside_the_project_is_refused(project: Project, monkeypatch: pytest.MonkeyPatch, place: str) -> None:
    """A run root below the project does not lead out of it, and nothing is made there."""
    (project.folder / "link").symlink_to(project.home)
    before = tree(project.folder.parent)
    with pytest.raises(UnsafePath):
        make_run(project, monkeypatch, [("one",)], place=place)
    assert before == tree(project.folder.parent)


def test_a_folder_that_cannot_be_written_down_is_told(
    project: Project, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A folder whose name is not UTF-8 is an error before anything is made; a link to such a name is no hindrance."""
    odd = Project(tmp_path / "odd", os.fsdecode(b"\xff"))
    with pytest.raises(BatchpackError, match="is not UTF-8") as caught:
        make_run(odd, monkeypatch, [("one",)])
    caught.value.message.encode()
    assert [] == list(odd.folder.iterdir())
    (project.init_git().folder / "link").symlink_to(os.fsdecode(b"\xff"))
    assert make_run(project, monkeypatch, [("one",)]).state().counts().pending == 1


def test_a_short_name_is_given_once(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Four digits that a run beside it has, or that lie in the root already, are not given again."""
    root = project.folder / ".batchpack"
    root.mkdir()
    for number in range(0xA000, 0xD000):
        (root / f"{number:x}").touch()
    runs = [make_run(project, monkeypatch, [("one",)]) for _ in range(8)]
    assert len({run.short for run in runs}) == 8
    assert all(run.short >= "d" and run.alias.resolve() == run.folder / "prompts" for run in runs)


def test_where_the_short_way_is_blocked_the_long_one_does(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """A short way that leads to something else is not told to agents."""
    run = make_run(project, monkeypatch, [("one",)])
    run.alias.unlink()
    run.alias.write_text("in the way")
    assert run.prompt("one") == run.told_prompt("one")
