"""Ignored files copied into worktrees: by name, never through links, secrets only when named to the letter."""

from __future__ import annotations

from pathlib import Path

import pytest

from batchpack.errors import UnsafePath
from batchpack.worktrees import including
from batchpack.worktrees.including import NotIgnored
from tests.support.project import Project
from tests.worktrees.build import Ground, lay


def ignored(project: Project) -> Ground:
    """Make a project with many ignored files."""
    files = {".gitignore": "*.log\n.env*\nlocal/\nkeys/\n", "tracked.txt": "x"}
    ground = lay(project, files)
    secrets = {".env": "K=1", ".env.local": "K=2", "keys/server.pem": "k", "keys/hosts": "h"}
    project.write({**secrets, "local/a.json": "{}", "local/deep/b.json": "{}", "a.log": "log", "open.txt": "x"})
    return ground


def copied(ground: Ground, *patterns: str) -> tuple[str, ...]:
    """Copy by patterns into an empty folder and return what arrived."""
    place = ground.project.home / "place"
    place.mkdir()
    paths = including.copy(ground.repository, place, patterns)
    assert sorted(paths) == sorted(str(one.relative_to(place)) for one in place.rglob("*") if not one.is_dir())
    return tuple(sorted(paths))


@pytest.mark.parametrize(
    ("patterns", "expected"),
    [
        ((), ()),
        (("*.json",), ("local/a.json", "local/deep/b.json")),
        (("/local/*.json",), ("local/a.json",)),
        (("local/", "!local/deep/"), ("local/a.json", "local/deep/b.json")),
        ((".env",), (".env",)),
        ((".env*",), ()),
        (("keys/*",), ("keys/hosts",)),
        (("keys/server.pem",), ("keys/server.pem",)),
        (("tracked.txt",), ()),
        (("nowhere",), ()),
        (("--output=x",), ()),
    ],
)
def test_patterns_name_ignored_files(project: Project, patterns: tuple[str, ...], expected: tuple[str, ...]) -> None:
    """Patterns mean what they mean in `.gitignore`; a secret is copied only under its own name."""
    assert expected == copied(ignored(project), *patterns)


def test_the_list_in_the_project_is_read(project: Project) -> None:
    """`.worktreeinclude` holds patterns and remarks; what it names arrives in every worktree with its mode."""
    ground = ignored(project)
    project.write({".worktreeinclude": "# settings\n\nlocal/\n.env\n"})
    (project.folder / "local/a.json").chmod(0o600)

    made = ground.tree()

    assert "K=1" == (made.path / ".env").read_text()
    assert 0o600 == (made.path / "local/a.json").stat().st_mode & 0o777
    assert "" == project.git("-C", str(made.path), "status", "--porcelain")


def test_what_git_does_not_ignore_is_refused(project: Project) -> None:
    """A file that agents would commit is not copied; the reader is told what to do."""
    ground = ignored(project)

    with pytest.raises(NotIgnored, match=r"open\.txt"):
        copied(ground, "open.txt")


def test_links_lead_nowhere_else(project: Project) -> None:
    """A link inside the project is copied as a link; one that leads out, or a linked folder, is not."""
    ground = ignored(project)
    outer = project.home / "outer"
    outer.mkdir()
    (outer / "x.log").write_text("secret")
    for name, target in (
        ("in.log", "a.log"),
        ("out.log", str(outer / "x.log")),
        ("up.log", f"../{outer.parent.name}/outer/x.log"),
    ):
        (project.folder / name).symlink_to(target)
    (project.folder / "linked.log").symlink_to(outer)

    assert ("a.log", "in.log") == copied(ground, "*.log")


def test_a_linked_folder_in_the_commit_is_not_written_through(project: Project) -> None:
    """A tracked link that leads out of the worktree is no way for a copy."""
    ground = ignored(project)
    place = project.home / "place"
    place.mkdir()
    outer = project.home / "outer"
    outer.mkdir()
    (place / "local").symlink_to(outer)

    with pytest.raises(UnsafePath):
        including.copy(ground.repository, place, ("local/",))
    assert [] == list(Path(outer).iterdir())
