"""Files that are never torn or lost: atomic writes, locks, fingerprints, and paths that stay inside their root."""

from __future__ import annotations

import errno
import fcntl
import os
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path, PurePosixPath

from batchpack.errors import BatchpackError, BrokenFile, Busy, UnsafePath, Unwritable

LOCK_WAIT_SECONDS = 30.0
MAKE_TRIES = 100
"""How often a lock file is made anew whose folder others remove; where none can ever be made, that is the end."""


def fingerprint(data: bytes) -> str:
    """Return the SHA-256 of some bytes as 64 hexadecimal digits."""
    import hashlib

    return hashlib.sha256(data).hexdigest()


class Changed(BatchpackError):
    """Somebody who holds no lock of ours, such as an editor, changed a file between our reading and our writing."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path} was changed by somebody else just now", "run the command again; nothing was lost")


def keep_from_git(folder: Path) -> None:
    """Have git leave out a folder with all that is in it; a .gitignore that is there stays. Raises Unwritable."""
    if not (folder / ".gitignore").exists():
        write_atomic(folder / ".gitignore", "*\n")


def write_atomic(
    path: Path, data: bytes | str, *, executable: bool = False, known: bytes | None = None, lasting: bool = True
) -> None:
    """Replace a file's content in one step: unique temporary file beside it, fsync, rename, fsync of the folder.

    A link is followed, so that a linked settings file stays a link; the mode of an existing file is kept.
    With `known`, the content that the new one was made from, a file that holds another by then is left alone.
    What can be made again need not be `lasting`: the disk is not waited for.
    Raises Unwritable or Changed, with the old content still there.
    """
    payload = data.encode() if isinstance(data, str) else data
    real = path.resolve()
    try:
        real.parent.mkdir(parents=True, exist_ok=True)
        _replace(real, payload, _mode(real, executable=executable), known, lasting=lasting)
    except OSError as error:
        raise Unwritable(path, error.strerror or str(error)) from error


def _mode(path: Path, *, executable: bool) -> int:
    """Tell the mode for a file: that of the one there, else 0644, or 0755 for a program.

    Raises OSError for a device or a pipe: `/dev/null` would be a file from then on.
    """
    try:
        present = path.stat().st_mode
    except FileNotFoundError:
        present = 0o644
    else:
        if not stat.S_ISREG(present) and not stat.S_ISDIR(present):
            raise OSError(errno.EINVAL, "it is no regular file")
    return present & 0o777 | 0o111 * executable


def _replace(path: Path, payload: bytes, mode: int, known: bytes | None, *, lasting: bool) -> None:
    """Write to a unique neighbour, force it to disk and rename it over the target if that is as we knew it.

    The neighbour is made here rather than by tempfile, whose import takes as long as four writes.
    """
    name = f"{path.parent}/.{path.name}.{os.getpid()}-{os.urandom(6).hex()}.tmp"
    handle = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(payload)
            stream.flush()
            os.fchmod(stream.fileno(), mode)
            if lasting:
                os.fsync(stream.fileno())
        if known is not None and path.read_bytes() != known:
            raise Changed(path)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    if lasting:
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
def locked(
    path: Path, what: str, wait: float = LOCK_WAIT_SECONDS, *, make: Callable[[], None] | None = None
) -> Iterator[None]:
    """Hold an exclusive lock between processes on a lock file; raises Busy after `wait` seconds.

    `make` makes the file's folder wherever it is missing; without it the folder and those around it are just made.

    The operating system drops it when its holder dies, so a dead process never blocks the living.
    `flock` is called here rather than by a library: importing filelock takes as long as four writes.
    """
    handle = _lock_file(path, what, wait, make or partial(path.parent.mkdir, parents=True, exist_ok=True))
    try:
        yield
    finally:
        os.close(handle)


def is_held(path: Path) -> bool:
    """Tell whether a process holds a lock file at this moment; nothing is made, so any folder can be asked."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOFOLLOW)
    except OSError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(handle)
    return False


def _lock_file(path: Path, what: str, wait: float, make: Callable[[], None]) -> int:
    """Open and lock a file; one that its last holder removed meanwhile locks nothing and is opened anew."""
    left = MAKE_TRIES
    while True:
        try:
            make()
            handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o644)
        except OSError as error:
            left -= 1
            if isinstance(error, FileNotFoundError) and left:
                continue  # the folder went between the two lines
            raise Unwritable(path, error.strerror or str(error)) from error
        try:
            _await_lock(handle, path, what, wait)
        except BaseException:
            os.close(handle)
            raise
        if os.fstat(handle).st_nlink:
            return handle
        os.close(handle)


def _await_lock(handle: int, path: Path, what: str, wait: float) -> None:
    """Take the lock of an open file, asking again after pauses that grow from 1 to 16 ms."""
    end, pause = time.monotonic() + wait, 0.001
    while True:
        try:
            return fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            if time.monotonic() >= end:
                raise Busy(what, wait, _holder(handle)) from error
        except OSError as error:
            raise Unwritable(path, error.strerror or str(error)) from error
        time.sleep(pause)
        pause = min(pause * 2, 0.016)


def _holder(handle: int) -> str:
    """Say which process holds the lock of an open file and whether it is stopped; empty where Linux does not tell."""
    state = os.fstat(handle)
    place = f"{os.major(state.st_dev):02x}:{os.minor(state.st_dev):02x}:{state.st_ino}"
    try:
        locks = [line.split() for line in Path("/proc/locks").read_text().splitlines()]
        pid = next(words[4] for words in locks if words[1] == "FLOCK" and words[5] == place)
        status = Path("/proc", pid, "stat").read_text().rpartition(")")[2].split()[0]
    except (OSError, StopIteration, IndexError):
        return ""
    return f", number {pid}{', which is stopped' if status in 'Tt' else ''}"
