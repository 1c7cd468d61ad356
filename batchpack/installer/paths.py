"""Where a host's paths lie on the disk: the config folder's own link is followed, no other link leads out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from batchpack.errors import BatchpackError, UnsafePath, Unwritable
from batchpack.files import inside
from batchpack.values import Target


class DanglingLink(BatchpackError):
    """A folder on the way is a link to something that is not there."""

    def __init__(self, link: Path) -> None:
        super().__init__(
            f"{link} is a link to {link.readlink()}, which does not exist",
            "make the folder that it points to, or remove the link, and run the command again",
        )


class FileInTheWay(Unwritable):
    """A file stands where a folder has to be."""

    def __init__(self, path: Path, file: Path) -> None:
        super().__init__(path, f"{file} is a file, and a folder is needed there")


def locate(target: Target, relative: str) -> Path:
    """Return the path of one of our files; raises UnsafePath when it would leave the config folder or the base."""
    _check_way(target.base, relative)
    pure, folder = PurePosixPath(relative), target.folder.relative_to(target.base)
    if pure.is_relative_to(folder):
        return inside(target.folder, str(pure.relative_to(folder)))
    return inside(target.base, relative)


def locate_settings(target: Target, relative: str) -> Path:
    """Return the real path of a settings file: a linked one is followed as long as it stays in folder or base."""
    _check_way(target.base, relative)
    path = target.base / relative
    if path.is_symlink() and not path.exists():
        raise DanglingLink(path)
    real = path.resolve()
    roots = (target.base.resolve(), target.folder.resolve())
    if not any(real.is_relative_to(root) for root in roots):
        raise UnsafePath(path, target.base)
    return real


def _check_way(base: Path, relative: str) -> None:
    """Refuse a path that is no plain relative one, and a way on which there is a dangling link or a file."""
    pure = PurePosixPath(relative)
    if pure.is_absolute() or ".." in pure.parts or not pure.parts or "\0" in relative:
        raise UnsafePath(relative, base)
    for folder in parents(relative):
        path = base / folder
        if path.is_symlink() and not path.exists():
            raise DanglingLink(path)
        if path.exists() and not path.is_dir():
            raise FileInTheWay(base / relative, path)


def parents(relative: str) -> Iterator[str]:
    """Yield the folders on the way to a relative path, outermost first."""
    pure = PurePosixPath(relative)
    yield from (str(folder) for folder in reversed(pure.parents) if folder.parts)


def leads_out(target: Target) -> Path | None:
    """Return where a project's linked config folder leads when that is outside the project."""
    real = target.folder.resolve()
    outside = target.scope == "project" and not real.is_relative_to(target.base.resolve())
    return real if outside else None
