"""The errors a reader can mend: each says what happened, then what to do."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable
from pathlib import Path

FULL = (os.strerror(errno.ENOSPC), os.strerror(errno.EDQUOT), os.strerror(errno.EFBIG))
NO_FOLDER = (os.strerror(errno.ENOTDIR), os.strerror(errno.EEXIST))


class BatchpackError(Exception):
    """A state of the world that the reader can mend; `hint` says how, `exit_code` is the process's."""

    exit_code = 1

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(BatchpackError):
    """The command line is off: a wrong word, a missing or contradicting option."""

    exit_code = 2


class UnknownName(UsageError):
    """A name that is not among those there are, e.g. a host or an agent."""

    def __init__(self, kind: str, name: str, known: Iterable[str]) -> None:
        listed = ", ".join(sorted(known)) or "none"
        super().__init__(f"there is no {kind} named {name!r}", f"known: {listed}")


class BrokenFile(BatchpackError):
    """A file that cannot be understood; it is never rewritten. Line and column count from 1."""

    def __init__(self, path: Path, reason: str, line: int | None = None, column: int | None = None) -> None:
        where = "".join(f":{number}" for number in (line, column) if number is not None)
        super().__init__(f"{path}{where}: {reason}", "mend the file and run the command again; it was not changed")
        self.path, self.line, self.column, self.reason = path, line, column, reason


class UnsafePath(BatchpackError):
    """A path that leaves the folder it must stay in, be it by `..`, by a link or by being absolute."""

    def __init__(self, path: object, root: Path) -> None:
        super().__init__(f"{path} lies outside {root}", "name a path inside that folder, without links out of it")


class Unwritable(BatchpackError):
    """A file or folder that could not be written: read-only, full disk, or a file where a folder must be."""

    def __init__(self, path: Path, reason: str) -> None:
        mend = "make it writable"
        if reason in FULL:
            mend = "make room"
        elif reason in NO_FOLDER:
            mend = "rename what stands where a folder must be,"
        super().__init__(f"cannot write {path}: {reason}", f"nothing was lost; {mend} and run the command again")
        self.reason = reason


class Interrupted(BatchpackError):
    """Work that somebody stopped before its end; `goes_on` is the command that takes it up again."""

    exit_code = 130

    def __init__(self, goes_on: str) -> None:
        super().__init__("stopped before the end; nothing was lost", f"go on with: {goes_on}")


class Busy(BatchpackError):
    """Another process holds the lock for longer than we wait; `holder` names it where the system tells."""

    def __init__(self, what: str, seconds: float, holder: str = "") -> None:
        super().__init__(
            f"{what} is in use by another batchpack process{holder} (waited {seconds:.0f} s)",
            "wait for it to end, or end it, then run the command again; its death frees the lock",
        )
