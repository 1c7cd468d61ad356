"""The state of a work tree, read from git's words."""

from __future__ import annotations

import os

from batchpack.worktrees import status
from tests.support.project import Project
from tests.worktrees.build import lay


def test_all_kinds_of_differences_are_told(project: Project) -> None:
    """Changed, staged, deleted, new and renamed files, conflicts and repositories inside: each path once."""
    ground = lay(project, {"a": "1\n", "b": "1\n", "c": "1\n", "d": "1\n", ".gitignore": "*.log\n"})
    project.git("checkout", "-q", "-b", "other")
    project.write({"d": "2\n"}).git("commit", "-qam", "two")
    project.git("checkout", "-q", "main")
    project.write({"d": "3\n"}).git("commit", "-qam", "three")
    project.execute(["git", "merge", "other"])
    project.write({"a": "2\n", "sub/new file": "x", "ignored.log": "x"})
    (project.folder / "b").unlink()
    project.git("mv", "c", "moved")
    project.git("init", "-q", "inner")
    project.write({"inner/file": "x"})

    found = status.read(project.folder)

    told = {entry.path: entry.kind for entry in found.entries}
    assert {"a": "1", "b": "1", "c": "1", "moved": "1", "d": "u", "inner": "?", "sub/new file": "?"} == told
    assert ["inner"] == [entry.path for entry in found.entries if entry.is_repository]
    assert ("main", True) == (found.branch, found.head != ground.base)


def test_what_the_commit_has_is_told(project: Project) -> None:
    """Mode and content of a path that differs are those of the commit; a new one has none."""
    ground = lay(project, {"a": "1\n"})
    project.write({"a": "2\n", "new": "x"})

    found = {entry.path: (entry.mode, entry.blob) for entry in status.read(project.folder).entries}

    assert {"a": ("100644", project.git("rev-parse", f"{ground.base}:a").strip()), "new": ("", "")} == found


def test_any_name_comes_back_whole(project: Project) -> None:
    """Names with spaces, quotes, line ends and bytes that are no text are those of the files."""
    lay(project)
    names = {' "x" ', "line\nend", "-n", os.fsdecode(b"\xff"), "→"}
    for name in names:
        (project.folder / name).write_text("x")

    assert names == {entry.path for entry in status.read(project.folder).entries}


def test_settings_of_the_user_do_not_hide_files(project: Project) -> None:
    """Untracked files are told where the user's settings leave them out."""
    lay(project)
    project.git("config", "status.showUntrackedFiles", "no")
    project.write({"new": "x"})

    assert ["new"] == [entry.path for entry in status.read(project.folder).entries]


def test_a_changed_pointer_does_not_lead_astray(project: Project) -> None:
    """With its record given, a worktree is read as its own although its `.git` points elsewhere."""
    ground = lay(project)
    made = ground.tree()
    (made.path / "new").write_text("x")
    (made.path / ".git").write_text(f"gitdir: {project.folder}/.git\n")

    found = status.read(made.path, made.record)

    assert ("batchpack/run/one", ["new"]) == (found.branch, [entry.path for entry in found.entries])
