"""Repositories and worktrees to test with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from batchpack.worktrees import repository, trees
from batchpack.worktrees.repository import Repository
from batchpack.worktrees.values import Worktree
from tests.support.project import Project

FILES = {"app.py": "print(1)\n", "src/one.txt": "one\n", ".gitignore": "*.log\n.env*\nbuild/\n"}


@dataclass(frozen=True)
class Ground:
    """A project with one commit, opened, and a place beside it for worktrees."""

    project: Project
    repository: Repository
    base: str

    @property
    def folder(self) -> Path:
        """Return where worktrees go."""
        return self.project.folder.parent / "project.worktrees"

    def tree(self, name: str = "one", **options: tuple[str, ...]) -> Worktree:
        """Make a worktree for a task."""
        return trees.create(
            self.repository, self.folder / name, f"batchpack/run/{name}", self.base, reason="run x",
            include=options.get("include", ()), setup=options.get("setup", ()),
        )  # fmt: skip

    def again(self) -> Ground:
        """Open the repository anew."""
        return Ground(self.project, repository.open_at(self.project.folder), self.base)


def lay(project: Project, files: Mapping[str, str] | None = None) -> Ground:
    """Make a project a repository with one commit and an identity of its own, and open it."""
    project.write(files or FILES).init_git()
    identify(project)
    found = repository.open_at(project.folder)
    return Ground(project, found, repository.resolve(found, ""))


def identify(project: Project) -> None:
    """Give a repository an identity, since the tests' own process has none."""
    project.git("config", "user.name", "T")
    project.git("config", "user.email", "t@example.com")


Lay = Callable[[], Ground]
