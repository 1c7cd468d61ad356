"""Submodules of a new worktree, filled from those that the main tree has, without the network."""

from __future__ import annotations

from pathlib import Path

from batchpack import git
from batchpack.worktrees.repository import Repository

LIST = ".gitmodules"
SECONDS = 1800.0


def fill(repository: Repository, place: Path) -> tuple[str, ...]:
    """Fill the submodules that the main tree has checked out too, at the commits of the worktree; return their paths.

    Those inside submodules are filled in the same way. The settings that all worktrees share stay as they are.
    """
    return tuple(_fill(repository.root, place, ""))


def _fill(source: Path, place: Path, below: str) -> list[str]:
    """Fill the submodules of one work tree from another one's."""
    filled = []
    for name, path in _listed(place):
        if (source / path / ".git").exists() and not (place / path).is_symlink():
            _clone(source / path, place, name, path)
            filled += [f"{below}{path}", *_fill(source / path, place / path, f"{below}{path}/")]
    return filled


def _listed(place: Path) -> list[tuple[str, str]]:
    """Return name and path of each submodule that a worktree lists."""
    if (place / LIST).is_symlink() or not (place / LIST).is_file():
        return []
    words = ("config", "--file", LIST, "--null", "--get-regexp", r"^submodule\..*\.path$")
    said = git.ask(place, *words, check=False).out
    pairs = (line.split("\n", 1) for line in said.split("\0") if "\n" in line)
    return [(key.removeprefix("submodule.").removesuffix(".path"), path) for key, path in pairs]


def _clone(source: Path, place: Path, name: str, path: str) -> None:
    """Fill one submodule, with the main tree's in the place of the address it came from."""
    common = git.ask(source, "rev-parse", "--path-format=absolute", "--git-common-dir").out.strip()
    settings = (f"submodule.{name}.url={common}", f"submodule.{name}.active=true", "protocol.file.allow=always")
    words = [word for setting in settings for word in ("-c", setting)]
    update = ("submodule", "--quiet", "update", "--init", "--checkout", "--no-recommend-shallow", "--", path)
    git.ask(place, *words, "-c", "core.hooksPath=/dev/null", "--literal-pathspecs", *update, timeout=SECONDS)
