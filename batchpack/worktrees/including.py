"""Files that git ignores and a worktree needs all the same, copied from the main tree by name."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from pathlib import Path

from batchpack import files, git
from batchpack.errors import BatchpackError
from batchpack.protected import SECRET_FILES
from batchpack.worktrees.repository import Repository

LIST = ".worktreeinclude"
"""A file at the top of the main tree with patterns, in the form of `.gitignore`, of ignored files to copy."""


class NotIgnored(BatchpackError):
    """A file to be copied that git does not ignore: agents would commit it."""


def copy(repository: Repository, place: Path, include: Sequence[str]) -> tuple[str, ...]:
    """Copy what the patterns name into a worktree; return the paths.

    Secrets are copied only where a pattern ends with their name to the letter. Nothing is copied through a link, and a
    link only when it leads to something inside the project. Raises NotIgnored.
    """
    patterns = [*_listed(repository.root), *include]
    if not patterns:
        return ()
    copied = []
    for path in find(repository.root, patterns):
        if _copy(repository.root / path, files.inside(place, path), repository.root):
            copied.append(path)
    return tuple(copied)


def _listed(root: Path) -> list[str]:
    """Return the lines of the list in the main tree."""
    file = root / LIST
    if file.is_symlink() or not file.is_file():
        return []
    return [line for line in files.read_text(file).splitlines() if line.strip() and not line.startswith("#")]


def find(root: Path, patterns: Sequence[str]) -> tuple[str, ...]:
    """Return the files of a main tree that patterns name and git ignores; raises NotIgnored for others."""
    words = [word for pattern in patterns for word in ("--exclude", pattern)]
    named = [path for path in git.paths(root, "ls-files", "--others", "--ignored", *words) if not path.endswith("/")]
    wanted = [path for path in named if not _is_secret(path) or _is_named(path, patterns)]
    lines = "".join(f"{git.quote(path)}\n" for path in wanted)
    ignored = set(git.paths(root, "check-ignore", "--stdin", stdin=lines, check=False)) if wanted else set()
    if open_ones := [path for path in wanted if path not in ignored and path != LIST]:
        raise NotIgnored(
            f"{', '.join(open_ones[:5])}: to be copied into worktrees, but git does not ignore it",
            "add it to .gitignore, else agents would commit it",
        )
    return tuple(path for path in wanted if path in ignored)


def _is_secret(path: str) -> bool:
    """Tell whether a path looks like that of a secret."""
    return any(fnmatchcase(path, pattern) for pattern in SECRET_FILES) and not path.endswith(".env.example")


def _is_named(path: str, patterns: Sequence[str]) -> bool:
    """Tell whether a pattern ends with a file's name to the letter."""
    name = path.rpartition("/")[2]
    return any(pattern.strip().rpartition("/")[2] == name for pattern in patterns)


def _copy(source: Path, target: Path, root: Path) -> bool:
    """Copy a file or a link; tell whether it was one that may be copied."""
    if any(parent.is_symlink() for parent in _parents(source, root)):
        return False
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_symlink():
        leads = source.readlink()
        if leads.is_absolute() or not source.resolve().is_relative_to(root.resolve()):
            return False
        target.unlink(missing_ok=True)
        target.symlink_to(leads)
        return True
    if not source.is_file():
        return False
    shutil.copy2(source, target, follow_symlinks=False)
    return True


def _parents(path: Path, root: Path) -> Iterator[Path]:
    """Name the folders between a path and a root."""
    yield from (parent for parent in path.parents if parent != root and parent.is_relative_to(root))
