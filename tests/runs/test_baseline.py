"""The work tree as a run finds it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from batchpack.files import fingerprint
from batchpack.runs import baseline
from batchpack.runs.facts import Baseline
from tests.support.project import Project


def test_outside_a_repository_there_is_nothing_to_see(project: Project) -> None:
    """A folder without git, a bare repository and the inside of `.git` have no work tree and stop nothing."""
    project.write({"a.txt": "1"})
    assert Baseline() == baseline.take(project.folder)
    project.init_git()
    assert Baseline() == baseline.take(project.folder / ".git")
    project.git("init", "-q", "--bare", str(project.home / "bare.git"))
    assert Baseline() == baseline.take(project.home / "bare.git")


def test_without_git_on_path_the_project_is_all_there_is(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where git is not installed a repository is a folder like any other."""
    project.write({"a.txt": "1"}).init_git()
    monkeypatch.setenv("PATH", str(project.home))
    assert Baseline() == baseline.take(project.folder)
    assert project.folder == baseline.work_tree(project.folder, project.folder)


def test_a_clean_repository_has_its_commit_and_nothing_dirty(project: Project) -> None:
    """The commit is what differences are taken against, and ignored files are not looked at."""
    project.write({"a.txt": "1", ".gitignore": "*.log"}).init_git().write({"b.log": "1"})
    found = baseline.take(project.folder)
    head = project.git("rev-parse", "HEAD").strip()
    assert (head, head, {}) == (found.commit, found.tree, dict(found.dirty))


def test_what_is_dirty_is_kept_with_its_content(project: Project) -> None:
    """Edited, staged, removed and untracked files are remembered, whatever letters are in their names."""
    project.write({"edited": "1", "staged": "1", "gone": "1", "same": "1"}).init_git()
    project.write({"edited": "2", "staged": "2", "sub/new": "3", 'q"uote\n é': "4"})
    project.git("add", "staged")
    (project.folder / "gone").unlink()
    wanted = {"edited": "2", "staged": "2", "sub/new": "3", 'q"uote\n é': "4"}
    found = baseline.take(project.folder).dirty
    assert {name: fingerprint(text.encode()) for name, text in wanted.items()} | {"gone": "-"} == dict(found)


def test_the_status_tells_one_standing_from_another(project: Project) -> None:
    """Two looks at the same tree agree, and one after a change differs."""
    project.write({"a.txt": "1"}).init_git()
    before = baseline.take(project.folder)
    assert before == baseline.take(project.folder)
    project.write({"b.txt": "1"})
    assert before.status != baseline.take(project.folder).status


def test_before_the_first_commit_all_is_dirty(project: Project) -> None:
    """A repository without a commit is held against the empty tree."""
    project.write({"staged": "1", "new": "2"}).git("init", "-q")
    project.git("add", "staged")
    found = baseline.take(project.folder)
    assert found.commit is None
    assert found.tree
    assert {"staged", "new"} == set(found.dirty)


def test_only_the_first_thousand_are_remembered(project: Project) -> None:
    """A tree full of new files does not make a start slow or its record large."""
    project.init_git().write({f"n{number}": "" for number in range(baseline.MOST_FILES + 1)})
    assert baseline.MOST_FILES == len(baseline.take(project.folder).dirty)


@pytest.mark.parametrize("target", [b"nowhere", b"a.txt", b"\xff\xfe"])
def test_a_link_is_known_by_where_it_leads(project: Project, target: bytes) -> None:
    """A link's content is its target, in any letters, not what lies there."""
    project.write({"a.txt": "1"}).init_git()
    link = project.folder / "link"
    link.symlink_to(os.fsdecode(target))
    before = baseline.content(link)
    project.write({"a.txt": "2"})
    assert {"link", "a.txt"} == set(baseline.take(project.folder).dirty)
    assert before == baseline.content(link)
    before.encode()
    link.unlink()
    link.symlink_to(os.fsdecode(target) + "2")
    assert before != baseline.content(link)


def test_a_huge_file_is_known_by_size_and_time(tmp_path: Path) -> None:
    """Files over the limit are not read, and still a later change shows."""
    huge = tmp_path / "huge"
    with huge.open("wb") as stream:
        stream.truncate(baseline.LARGEST + 1)
    os.utime(huge, (1, 1))
    before = baseline.content(huge)
    assert f"{baseline.LARGEST + 1} 1000000000" == before
    os.utime(huge, (2, 2))
    assert before != baseline.content(huge)


def test_agents_work_in_the_linked_work_tree_around_them(project: Project) -> None:
    """Within a linked work tree or a folder of one that is it; another repository's tree is not this project's."""
    project.write({"sub/a.txt": "1"}).init_git()
    side, other = project.home / "side", project.home / "other"
    project.git("worktree", "add", "-q", "-b", "side", str(side))
    project.git("init", "-q", str(other))
    assert side == baseline.work_tree(side / "sub", project.folder)
    assert project.folder == baseline.work_tree(project.folder / "sub", project.folder)
    assert project.folder == baseline.work_tree(other, project.folder)
    assert project.folder == baseline.work_tree(project.home, project.folder)


def test_paths_are_names_not_patterns(project: Project) -> None:
    """`*` asks for a file of that name, so that no path stands for others."""
    project.write({"a.txt": "1"}).init_git().write({"a.txt": "2"})
    commit = project.git("rev-parse", "HEAD").strip()
    assert [] == baseline.changed(project.folder, commit, "*.txt")
    assert [] == baseline.changed(project.folder, commit, ":(glob)**")
    assert ["a.txt"] == baseline.changed(project.folder, commit, "a.txt")
