"""opencode's own records: where its databases lie, and how they are read without changing or hindering it."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from batchpack.errors import BatchpackError, BrokenFile
from batchpack.places import home

WAIT_SECONDS = 2.0
USUAL = "opencode.db"


class Unreadable(BatchpackError):
    """Records that cannot be read at the moment: in use, or closed to us."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path}: opencode's records cannot be read now: {reason}", "they are read the next time")


def data_folder() -> Path:
    """Return the folder of opencode's data."""
    data = os.environ.get("XDG_DATA_HOME", "")
    return (Path(data) if data.startswith("/") else home() / ".local" / "share") / "opencode"


def database() -> Path:
    """Return the database that an opencode started from here uses: `OPENCODE_DB` may name another than the usual."""
    return data_folder() / (os.environ.get("OPENCODE_DB") or USUAL)


def databases() -> list[Path]:
    """List the databases there are: the one in use, the usual one, and those of opencode's other channels."""
    listed = [database(), *sorted(data_folder().glob("opencode*.db"))]
    return [path for path in dict.fromkeys(listed) if path.is_file()]


def stamp(path: Path) -> str:
    """Return what changes with each write to a database: size and time of it and of its log of writes."""
    return " ".join(_look(one) for one in (path, _log(path)))


def _log(path: Path) -> Path:
    """Return the log of writes that belongs to a database."""
    return path.with_name(f"{path.name}-wal")


def _look(path: Path) -> str:
    """Return the size and the time of a file, `-` for none; an empty log of writes is none, for reading makes it."""
    try:
        seen = path.stat()
    except OSError:
        return "-"
    return f"{seen.st_size}:{seen.st_mtime_ns}" if seen.st_size else "-"


@contextmanager
def opened(path: Path) -> Iterator[sqlite3.Connection]:
    """Open a database to look only, beside an opencode that writes to it.

    Raises Unreadable where it is in use or closed to us, BrokenFile where it is none, also inside of the block.
    """
    with _told(path), closing(_connect(path)) as connection:
        connection.row_factory = sqlite3.Row
        connection.text_factory = _text
        yield connection


def _connect(path: Path) -> sqlite3.Connection:
    """Connect; in a folder that nobody may write to, a database is read as it stands if no log of writes belongs to it.

    Everywhere else it is not: opencode may write while we read.
    """
    connection = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=WAIT_SECONDS, isolation_level=None)
    try:
        connection.execute("PRAGMA schema_version").fetchone()
    except sqlite3.OperationalError as error:
        connection.close()
        if "locked" in str(error) or _look(_log(path)) != "-":
            raise
        return sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True, isolation_level=None)
    except BaseException:
        connection.close()
        raise
    return connection


def _text(raw: bytes) -> str:
    """Read a text, also one that is not UTF-8."""
    return raw.decode(errors="replace")


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Turn SQLite's errors into sentences about the records."""
    try:
        yield
    except sqlite3.OperationalError as error:
        raise Unreadable(path, str(error)) from error
    except sqlite3.DatabaseError as error:
        raise BrokenFile(path, f"it is no database that can be read ({error})") from error
