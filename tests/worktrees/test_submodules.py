"""Submodules in worktrees."""

from __future__ import annotations

from batchpack.worktrees import submodules
from tests.support.project import Project
from tests.worktrees.build import lay


def test_submodules_inside_submodules_are_filled(project: Project) -> None:
    """What the main tree has at any depth, under names with spaces too, the worktree has as well."""
    allow = ("-c", "protocol.file.allow=always")
    inner = Project(project.home / "inner").write({"file": "1"}).init_git()
    outer = Project(project.home / "outer").init_git()
    outer.git(*allow, "submodule", "add", "-q", str(inner.folder), "in side")
    outer.git("commit", "-qm", "sub")
    project.init_git()
    project.git(*allow, "submodule", "add", "-q", str(outer.folder), "out")
    project.git(*allow, "submodule", "update", "-q", "--init", "--recursive")
    project.git("commit", "-qm", "sub")

    made = lay(project).tree()

    assert "1" == (made.path / "out/in side/file").read_text()
    assert "" == project.git("-C", str(made.path), "status", "--porcelain")


def test_without_submodules_nothing_is_done(project: Project) -> None:
    """A project without a list of submodules has none, nor has one whose list names nothing."""
    ground = lay(project)

    assert () == submodules.fill(ground.repository, project.folder)
    project.write({".gitmodules": "[submodule]\n"})
    assert () == submodules.fill(ground.repository, project.folder)
