"""New contents written beside their place under a name that the receipt knows, then given their name."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from batchpack.errors import Unwritable
from batchpack.files import fingerprint


@dataclass(frozen=True, slots=True)
class Content:
    """What a file is to hold, and its mode."""

    path: Path
    data: bytes
    mode: int


def temporary(path: Path, transaction: str) -> Path:
    """Return the name under which a file's new content waits."""
    return path.with_name(f".{path.name}.{transaction}.tmp")


def stage(contents: Sequence[Content], transaction: str) -> None:
    """Write all contents beside their places, and only then force each to the disk: together that is quicker."""
    handles: list[int] = []
    try:
        for content in contents:
            handles.append(_open(temporary(content.path, transaction)))
            _write(handles[-1], content)
        for handle in handles:
            os.fsync(handle)
    finally:
        for handle in handles:
            os.close(handle)


def _open(path: Path) -> int:
    """Open a temporary file that nobody else reads before it is complete."""
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)


def _write(handle: int, content: Content) -> None:
    """Write a content; a file that is there already lends its owner."""
    view = memoryview(content.data)
    try:
        while view:
            view = view[os.write(handle, view) :]
    except OSError as error:
        error.filename = str(content.path)
        raise
    os.fchmod(handle, content.mode)
    with suppress(OSError):
        there = content.path.stat()
        os.fchown(handle, there.st_uid, there.st_gid)


def settle(paths: Iterable[Path], transaction: str) -> None:
    """Give staged contents their names."""
    for path in paths:
        temporary(path, transaction).replace(path)


def clear(paths: Iterable[Path], transaction: str) -> None:
    """Remove staged contents that never got their names."""
    for path in paths:
        with suppress(FileNotFoundError, NotADirectoryError):
            temporary(path, transaction).unlink()


def look(path: Path) -> str | None:
    """Return a file's fingerprint, None where there is nothing; a link or folder counts as somebody's file."""
    if path.is_symlink() or path.is_dir():
        return "somebody's"
    data = read_bytes(path)
    return None if data is None else fingerprint(data)


def read_bytes(path: Path) -> bytes | None:
    """Return a file's bytes, or None where there is none."""
    try:
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise Unwritable(path, error.strerror or str(error)) from error


def unwritable(error: OSError, fallback: Path) -> Unwritable:
    """Return the error for the reader; it names the file where the system says which."""
    where = Path(error.filename) if isinstance(error.filename, str) else fallback
    return Unwritable(where, error.strerror or str(error))
