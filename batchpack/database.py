"""SQLite files that many processes share: opened one way, and changed in transactions that a crash cannot tear."""

from __future__ import annotations

import errno
import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from batchpack.errors import BrokenFile, Busy, Unwritable, UsageError

WAIT_SECONDS = 30.0
ROOM = 64 * 1024
"""Bytes that SQLite needs to begin: the memory that its processes share is a file."""
_turns: dict[Path, threading.RLock] = {}
"""A lock for each file, so that threads of this process take turns at once: SQLite sleeps between two tries."""


def connect(path: Path, tables: str = "") -> sqlite3.Connection:
    """Open a database, made with its folder where it is missing, with these tables; every commit is forced to disk.

    Rows are told by column name. It may be handed from thread to thread, used by one at a time.
    Raises Unwritable, Busy, or BrokenFile for a file that is no database.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(path, timeout=WAIT_SECONDS, isolation_level=None, check_same_thread=False)
    except (OSError, sqlite3.Error) as error:
        raise Unwritable(path, getattr(error, "strerror", None) or str(error)) from error
    connection.row_factory = sqlite3.Row
    try:
        with told(path):
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=FULL")
            connection.executescript(tables)
    except BaseException:
        connection.close()
        raise
    return connection


@contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection]:
    """Open a database to look only: nothing is made, changed or left beside it, in a closed folder too.

    Raises BrokenFile, Busy or Unwritable for what cannot be read, also what was asked inside of the block.
    """
    quiet = not _size(path.with_name(f"{path.name}-wal"))  # else its writers' log is part of it
    mode = "mode=ro&immutable=1" if quiet else "mode=ro"
    with told(path):
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?{mode}", uri=True, timeout=WAIT_SECONDS)
        connection.row_factory = sqlite3.Row
        try:
            yield connection
        finally:
            connection.close()


def _size(path: Path) -> int:
    """Return the bytes of a file, 0 where there is none."""
    try:
        return path.stat().st_size
    except OSError:
        return 0


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    """Do all that stands in a block or nothing of it; others who write wait for its end."""
    path = _path(connection)
    with _turns.setdefault(path, threading.RLock()), told(path):
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield connection
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:  # a full disk may have ended it
                connection.execute("ROLLBACK")
            raise


@contextmanager
def told(path: Path) -> Iterator[None]:
    """Turn SQLite's errors into sentences about a file; a row that a table refuses is the caller's own affair.

    Raises UsageError for a text or a number that no database can hold, such as half of a letter.
    """
    try:
        yield
    except UnicodeEncodeError as error:
        raise UsageError(f"{error.object[:80]!r} is no text that can be written as UTF-8", "write it anew") from error
    except OverflowError as error:
        raise UsageError("a number that was given is too large", "give one below 9,000,000,000,000,000,000") from error
    except sqlite3.IntegrityError:
        raise
    except sqlite3.DatabaseError as error:
        reason = str(error)
        if "locked" in reason:
            raise Busy(str(path), WAIT_SECONDS) from error
        if "not a database" in reason or "malformed" in reason:
            raise BrokenFile(path, f"it is no database that can be read ({reason})") from error
        if "no such table" in reason or "no such column" in reason or "has no column" in reason:
            raise BrokenFile(path, f"its tables are not those of batchpack ({reason})") from error
        raise Unwritable(path, os.strerror(errno.ENOSPC) if _is_full(path, reason) else reason) from error


def _is_full(path: Path, reason: str) -> bool:
    """Tell whether a reason means a full disk; where SQLite cannot even share memory for that, it names no reason."""
    if "I/O error" not in reason:
        return "disk is full" in reason
    try:
        state = os.statvfs(path.parent)
    except OSError:
        return False
    return state.f_bavail * state.f_frsize < ROOM


def _path(connection: sqlite3.Connection) -> Path:
    """Return the file of a connection."""
    return Path(connection.execute("PRAGMA database_list").fetchone()["file"])
