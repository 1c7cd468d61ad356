"""A throw-away copy of a home's and a project's settings, so that asking a host leaves no file in the real ones."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

LARGEST_BYTES = 1_000_000
LEFT_OUT = {"node_modules", ".git", "sessions", "projects", "todos", "cache", "worktrees", ".batchpack"}
KEPT = ("PATH", "LANG", "LC_ALL", "TMPDIR", "SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS")


@dataclass(frozen=True, slots=True)
class Mirror:
    """The copies: a home, a project, and room for what a program prints."""

    home: Path
    project: Path
    output: Path

    def environment(self, **extra: str) -> dict[str, str]:
        """Return variables for a program in the mirror: the caller's PATH and language, the copies as HOME and PWD."""
        kept = {name: os.environ[name] for name in KEPT if name in os.environ}
        return {**kept, "HOME": str(self.home), "PWD": str(self.project), **extra}


@contextmanager
def mirrored(
    home: Path, project: Path | None, *, from_home: Sequence[str], from_project: Sequence[str]
) -> Iterator[Mirror]:
    """Copy the named files and folders, links followed, without large files and records, and remove them at the end."""
    with tempfile.TemporaryDirectory(prefix="batchpack-check-", ignore_cleanup_errors=True) as name:
        base = Path(name).resolve()
        mirror = Mirror(base / "home", base / "project", base / "output")
        for folder in (mirror.home, mirror.project):
            folder.mkdir()
        _copy_all(home, mirror.home, from_home)
        if project is not None:
            _copy_all(project, mirror.project, from_project)
        yield mirror


def _copy_all(source: Path, into: Path, names: Sequence[str]) -> None:
    """Copy each of the names that is there."""
    for name in names:
        if (source / name).is_dir():
            shutil.copytree(
                source / name, into / name, ignore=_left_out, dirs_exist_ok=True, ignore_dangling_symlinks=True
            )
        elif (source / name).is_file():
            (into / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source / name, into / name)


def _left_out(folder: str, names: list[str]) -> set[str]:
    """Name what a mirror does not need: records, packages, large files, and what is no file at all."""
    return {name for name in names if name in LEFT_OUT or not _wanted(Path(folder, name))}


def _wanted(path: Path) -> bool:
    """Tell a folder or a readable file of modest size from pipes, sockets, dangling links and data."""
    return path.is_dir() or (path.is_file() and os.access(path, os.R_OK) and path.stat().st_size <= LARGEST_BYTES)
