"""Files that are never torn or lost: atomic writes, locks, fingerprints, and paths that stay inside their root."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from batchpack.errors import BrokenFile, Busy, UnsafePath, Unwritable

LOCK_WAIT_SECONDS = 30.0


def fingerprint(data: bytes) -> str:
    """Return the SHA-256 of some bytes as 64 hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def write_atomic(path: Path, data: bytes | str, *, executable: bool = False) -> None:
    """Replace a file's content in one step: unique temporary file beside it, fsync, rename, fsync of the folder.

    A link is followed, so that a linked settings file stays a link; the mode of an existing file is kept.
    Raises Unwritable, with the old content still there.
    """
    payload = data.encode() if isinstance(data, str) else data
    real = path.resolve()
    try:
        real.parent.mkdir(parents=True, exist_ok=True)
        _replace(real, payload, _mode(real, executable=executable))
    except OSError as error:
        raise Unwritable(path, error.strerror or str(error)) from error


def _mode(path: Path, *, executable: bool) -> int:
    """Tell the mode for a file: that of the one there, else 0644, or 0755 for a program."""
    present = path.stat().st_mode & 0o777 if path.exists() else 0o644
    return present | 0o111 if executable else present


def _replace(path: Path, payload: bytes, mode: int) -> None:
    """Write to a unique neighbour, force it to disk and rename it over the target."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(payload)
            stream.flush()
            os.fchmod(stream.fileno(), mode)
            os.fsync(stream.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Force a folder's entries to disk, so that a rename or a new file outlives a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def append_line(path: Path, line: str) -> None:
    """Append one line and force it to disk; a torn last line left by a crash is closed first."""
    try:
        with path.open("a+b") as stream:
            end = stream.seek(0, os.SEEK_END)
            torn = end > 0 and _last_byte(stream.fileno(), end) != b"\n"
            stream.write((b"\n" if torn else b"") + line.encode() + b"\n")
            stream.flush()
            os.fsync(stream.fileno())
    except OSError as error:
        raise Unwritable(path, error.strerror or str(error)) from error


def _last_byte(handle: int, end: int) -> bytes:
    """Read the byte before the end of an open file."""
    return os.pread(handle, 1, end - 1)


def read_text(path: Path) -> str:
    """Return a UTF-8 file's text; raises BrokenFile with the offending place when it is not UTF-8 or not readable."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise BrokenFile(path, error.strerror or str(error)) from error
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise BrokenFile(path, "it is not UTF-8 text", line) from error


def inside(root: Path, relative: str) -> Path:
    """Return root / relative, refusing absolute paths, `..` and links that lead out of the root."""
    pure = PurePosixPath(relative)
    if pure.is_absolute() or ".." in pure.parts or "\0" in relative:
        raise UnsafePath(relative, root)
    path = root / pure
    if not path.resolve().is_relative_to(root.resolve()):
        raise UnsafePath(relative, root)
    return path


@contextmanager
def locked(path: Path, what: str, wait: float = LOCK_WAIT_SECONDS) -> Iterator[None]:
    """Hold an exclusive lock between processes on a lock file; raises Busy after `wait` seconds.

    The operating system drops it when its holder dies, so a dead process never blocks the living.
    """
    from filelock import FileLock, Timeout

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(path, timeout=wait):
            yield
    except Timeout as error:
        raise Busy(what, wait) from error
    except PermissionError as error:
        raise Unwritable(path, error.strerror or str(error)) from error
