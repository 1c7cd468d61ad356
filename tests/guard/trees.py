"""A project with worktrees that batchpack made, and folders that only look like them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from batchpack.worktrees import registry, repository
from batchpack.worktrees import trees as worktrees
from tests.guard.conftest import Ground, ground_of
from tests.support.project import Project


@dataclass(frozen=True)
class Trees:
    """The project, its worktree for a task, and the policy that an agent in there is judged by."""

    ground: Ground
    tree: Path

    @property
    def main(self) -> Path:
        """Return the project's main tree."""
        return self.ground.project.folder

    @property
    def record(self) -> Path:
        """Return git's record of the worktree."""
        return self.main / ".git/worktrees" / self.tree.name

    def fill(self, text: str) -> str:
        """Put the places into a text."""
        places = {"main": self.main, "trees": self.tree.parent, "tree": self.tree}
        for name, place in places.items():
            text = text.replace(f"{{{name}}}", str(place))
        return text

    def judge(self, tool: str, given: object) -> str:
        """Judge a call of the implementer, made in the main tree as hosts make it."""
        return self.ground.judge("implementer", tool, given)


def laid(base: Path) -> Trees:
    """Lay the ground: two real worktrees, and impostors beside them."""
    project = Project(base, "p")
    project.write(
        {"src/a.py": "a\n", "app/b.py": "b\n", "top.key": "k\n", ".venv/bin/pytest": "#!/bin/sh\n"}
    ).init_git()
    _name(project)
    folder = project.folder.with_name(f"{project.folder.name}.worktrees") / "ab12"
    repo = repository.open_at(project.folder)
    base_commit = repository.resolve(repo, "HEAD")
    for name in ("L1-001", "L1-002", "half"):
        worktrees.create(repo, folder / name, f"batchpack/x/{name}", base_commit)
    registry.unmark(project.folder / ".git/worktrees/half")
    _impostors(project, folder)
    return Trees(ground_of(project, base), folder / "L1-001")


def _impostors(project: Project, folder: Path) -> None:
    """Make folders that look like worktrees, and links in a real one."""
    tree = folder / "L1-001"
    project.git("worktree", "add", "-q", str(folder / "by-hand"))
    (folder / "plain").mkdir()
    (folder / "looks/app").mkdir(parents=True)
    (folder / "looks/.git").write_text((tree / ".git").read_text())
    other = Project(project.folder.parent / "elsewhere")
    other.write({"a.py": "a\n"}).init_git()
    _name(other)
    repo = repository.open_at(other.folder)
    worktrees.create(repo, folder / "foreign", "batchpack/x/foreign", repository.resolve(repo, "HEAD"))
    outside = folder.parent.parent / "outside"
    outside.mkdir()
    (tree / ".env").write_text("P=1\n")
    links: dict[str, str | Path] = {
        "to-main": project.folder,
        "to-outside": outside,
        "file-link": project.folder / "src/a.py",
        "in-link": "app",
    }
    for name, target in links.items():
        (tree / name).symlink_to(target)


def _name(project: Project) -> None:
    """Say in whose name is committed."""
    project.git("config", "user.name", "T")
    project.git("config", "user.email", "t@example.com")
