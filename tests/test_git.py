"""The git room: the main work tree is found from everywhere, the caller's GIT_ variables are not."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from batchpack import git
from tests.support.project import Project


def test_the_main_work_tree_is_found_from_below_and_from_a_linked_one(project: Project) -> None:
    """A folder deep inside and a linked worktree belong to the same main work tree."""
    project.write({"a/b/c.txt": "x"}).init_git()
    project.git("worktree", "add", "-q", str(project.home / "linked"))

    assert project.folder == git.main_work_tree(project.folder / "a/b")
    assert project.folder == git.main_work_tree(project.home / "linked")


def test_outside_a_repository_there_is_none(project: Project) -> None:
    """A folder that no repository covers has no work tree."""
    assert git.main_work_tree(project.home) is None


def test_a_submodule_is_its_own_work_tree(project: Project) -> None:
    """Inside a submodule the work tree is the submodule's, not that of its parent."""
    project.write({"a.txt": "x"}).init_git()
    project.git("-c", "protocol.file.allow=always", "submodule", "add", "-q", str(project.folder), "sub")

    assert project.folder / "sub" == git.main_work_tree(project.folder / "sub")
    project.git("-C", "sub", "worktree", "add", "-q", str(project.home / "linked"))
    assert project.folder / "sub" == git.main_work_tree(project.home / "linked")


def test_a_bare_repository_has_no_main_work_tree(project: Project) -> None:
    """Each work tree of a bare repository stands for itself, be the repository named `.git` or not."""
    project.write({"a.txt": "x"}).init_git()
    project.git("clone", "-q", "--bare", str(project.folder), str(project.home / "bare.git"))
    project.git("-C", str(project.home / "bare.git"), "worktree", "add", "-q", str(project.home / "linked"))
    assert project.home / "linked" == git.main_work_tree(project.home / "linked")


def test_variables_of_a_calling_hook_are_scrubbed(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """GIT_DIR of a git hook that called us does not lead the question astray."""
    project.init_git()
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("GIT_WORK_TREE", str(tmp_path))

    assert project.folder == git.main_work_tree(project.folder)


def test_without_git_there_is_no_work_tree(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without git is a machine without work trees, not an error."""
    project.init_git()
    monkeypatch.setenv("PATH", "/nowhere")

    assert git.main_work_tree(project.folder) is None


def test_commits_are_counted_by_time_and_path(project: Project) -> None:
    """Commits since a time that touch a path, to the letter, or a pattern count; without a repository nobody knows."""
    assert git.commits_since(project.folder, 0, ["a.txt"]) is None
    project.write({"a.txt": "1", "b/[id].txt": "1", "b/i.txt": "1"}).init_git()
    project.write({"a.txt": "2"}).git("commit", "-qam", "second")

    counted = [git.commits_since(project.folder, 0, [path]) for path in ("a.txt", "b/*.txt", "b/[id].txt", "c.txt")]

    assert [2, 1, 1, 0] == counted
    assert 0 == git.commits_since(project.folder, 4_000_000_000, ["a.txt"])


def test_any_path_goes_to_git_and_back(project: Project) -> None:
    """Quotes, line ends, other letters and bytes that are no text survive both ways."""
    names = ["plain.txt", 'a "b"\\.txt', "line\nend\r\t.txt", "ärger.txt", os.fsdecode(b"\xff\xfe.txt"), "-n", " x "]
    project.init_git()
    for name in names:
        (project.folder / name).write_text("x")

    listed = git.paths(project.folder, "ls-files", "--others")
    git.ask(project.folder, "add", "--pathspec-from-file=-", stdin="".join(f"{git.quote(name)}\n" for name in names))

    assert sorted(names) == sorted(listed)
    assert sorted(names) == sorted(git.paths(project.folder, "ls-files", "--cached"))
    assert names == [git.unquote(git.quote(name)) for name in names]


def test_who_somebody_is_stays_known(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Name and address of an author given by variables are used; what belongs to one call of git is not."""
    monkeypatch.setenv("GIT_AUTHOR_NAME", "Ada")
    monkeypatch.setenv("GIT_AUTHOR_EMAIL", "ada@example.com")
    monkeypatch.setenv("GIT_INDEX_FILE", "/nowhere")
    project.init_git()

    assert git.ask(project.folder, "var", "GIT_AUTHOR_IDENT").out.startswith("Ada <ada@example.com>")
    assert "GIT_INDEX_FILE" not in git.environment()


def test_a_monitor_that_the_repository_names_is_not_run(project: Project) -> None:
    """A program in `core.fsmonitor`, which anybody who writes there may set, neither runs nor hides a change."""
    project.write({"a.txt": "x"}).init_git()
    project.git("config", "core.fsmonitor", f"touch '{project.home}/ran'; printf 'token\\0'; true")
    project.git("status")
    assert (project.home / "ran").exists(), "git itself would run it"
    (project.home / "ran").unlink()
    project.write({"a.txt": "y"})

    assert " M a.txt\n" == git.ask(project.folder, "status", "--porcelain").out
    assert not (project.home / "ran").exists()
