"""Salvage: what is saved comes back by the lines that are told."""

from __future__ import annotations

import json
import os

import pytest

from batchpack.errors import BatchpackError
from batchpack.worktrees import salvage, trees
from tests.support.project import Project, tree
from tests.worktrees.build import lay


def test_what_was_saved_comes_back_to_the_byte(project: Project) -> None:
    """Changed, staged, binary, deleted and new files, links and modes are as they were, by the told lines alone."""
    ground = lay(project, {"app.py": "1\n", "gone": "x", "latin": "x\n", "win": "a\r\nb\r\n", ".gitignore": "*.log\n"})
    made = ground.tree()
    (made.path / "app.py").write_text("2\n")
    project.git("-C", str(made.path), "commit", "-qam", "work")
    (made.path / "latin").write_bytes(b"\xe4\xf6\r\n\x0c")
    (made.path / "win").write_bytes(b"a\r\nc\r\n")
    (made.path / "gone").unlink()
    (made.path / "new folder").mkdir()
    (made.path / "new folder" / os.fsdecode(b"\xff")).write_bytes(b"\x00\xff")
    (made.path / "-n\nl").write_text("x")
    (made.path / "link").symlink_to("/nowhere")
    (made.path / "tool").write_text("#!/bin/sh\n")
    (made.path / "tool").chmod(0o755)
    (made.path / "staged").write_bytes(b"\x01\x00")
    project.git("-C", str(made.path), "add", "staged")
    (made.path / "x.log").write_text("ignored")
    expected = {name: data for name, data in tree(made.path).items() if name not in {".git", "x.log"}}

    saved = salvage.save(ground.repository, made, project.home / "s")
    assert (("gone", "latin", "staged", "win"), 4) == (saved.changed, len(saved.untracked))
    for line in saved.restore:
        project.execute(["/bin/sh", "-c", line]).assert_ok()

    found = tree(saved.folder / "restored")
    del found[".git"]
    assert expected == found


def test_nothing_saved_before_is_overwritten(project: Project) -> None:
    """A second salvage of the same task has a folder and a ref of its own; nothing half made stays."""
    ground = lay(project)
    made = ground.tree()
    (made.path / "new").write_text("1")
    first = salvage.save(ground.repository, made, project.home / "s")
    (made.path / "new").write_text("2")

    second = salvage.save(ground.repository, made, project.home / "s")

    assert ["one", "one-2"] == [first.folder.name, second.folder.name]
    assert ["refs/batchpack/salvage/run/one", "refs/batchpack/salvage/run/one-2"] == [first.ref, second.ref]
    assert {".gitignore", "one", "one-2"} == {one.name for one in (project.home / "s").iterdir()}
    assert list(second.restore) == json.loads((second.folder / "salvage.json").read_text())["restore"]


def test_commits_outlive_their_branch(project: Project) -> None:
    """The last commit stays reachable when the branch is deleted and git collects its garbage."""
    ground = lay(project)
    made = ground.tree()
    project.git("-C", str(made.path), "commit", "-q", "--allow-empty", "-m", "work")
    saved = salvage.save(ground.repository, made, project.home / "s")
    project.git("worktree", "remove", "-f", "-f", str(made.path))
    project.git("branch", "-D", made.branch)
    project.git("gc", "-q", "--prune=now")

    assert saved.head == project.git("rev-parse", saved.ref).strip()


def test_a_repository_inside_is_saved_whole(project: Project) -> None:
    """A repository that an agent made comes back with its commits and files."""
    ground = lay(project)
    made = ground.tree()
    inner = made.path / "inner"
    project.git("-C", str(made.path), "init", "-q", "inner")
    project.git("-C", str(inner), "commit", "-q", "--allow-empty", "-m", "theirs")
    (inner / "file").write_text("x")

    saved = salvage.save(ground.repository, made, project.home / "s")
    for line in saved.restore:
        project.execute(["/bin/sh", "-c", line]).assert_ok()

    assert ("inner",) == saved.repositories
    assert tree(inner) == tree(saved.folder / "restored/inner")


def test_commits_of_a_submodule_are_saved(project: Project) -> None:
    """What an agent committed inside a submodule is in a bundle, and its files are in the archive."""
    other = Project(project.home / "other").write({"file": "1"}).init_git()
    project.init_git()
    project.git("-c", "protocol.file.allow=always", "submodule", "add", "-q", str(other.folder), "sub")
    project.git("commit", "-qm", "sub")
    ground = lay(project)
    made = ground.tree()
    (made.path / "sub/file").write_text("2")
    project.git("-C", str(made.path / "sub"), "commit", "-qam", "inside")
    (made.path / "sub/more").write_text("3")

    removed = trees.remove(ground.repository, made, salvage_into=project.home / "s").salvaged

    assert removed is not None
    bundle = removed.folder / "submodule-1.bundle"
    project.git("clone", "-q", str(bundle), str(project.home / "clone"))
    assert "inside" in project.git("-C", str(project.home / "clone"), "log", "-1", "--format=%s")
    assert "sub/more" in project.execute(["tar", "-tf", str(removed.folder / "untracked.tar")]).out


def test_where_nothing_can_be_written_nothing_is_said_to_be_saved(project: Project) -> None:
    """A place that cannot be written ends in an error, with the worktree untouched."""
    ground = lay(project)
    made = ground.tree()
    (made.path / "new").write_text("1")
    (project.home / "s").write_text("a file")

    with pytest.raises(BatchpackError):
        salvage.save(ground.repository, made, project.home / "s")
    assert "1" == (made.path / "new").read_text()


def test_it_is_needed_only_where_something_would_be_lost(project: Project) -> None:
    """Committed work and what the set-up left need no salvage; a changed file and a detached HEAD do."""
    ground = lay(project)
    made = ground.tree(setup=("echo x > lockfile",))
    project.git("-C", str(made.path), "commit", "-q", "--allow-empty", "-m", "work")
    assert not salvage.is_needed(made)

    (made.path / "app.py").write_text("2")
    assert salvage.is_needed(made)
    (made.path / "app.py").write_text("print(1)\n")
    assert not salvage.is_needed(made)
    project.git("-C", str(made.path), "checkout", "-q", "--detach")
    assert salvage.is_needed(made)
