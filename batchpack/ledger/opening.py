"""How the ledger is opened: made and migrated for those who write, left as it is for those who only read."""

from __future__ import annotations

import os
import sqlite3
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

from batchpack import database
from batchpack.database import told, transaction
from batchpack.errors import BrokenFile
from batchpack.ledger import bands, meta, schema
from batchpack.ledger.ledger import Ledger
from batchpack.places import state_folder

NAME = "metrics.sqlite"
CACHE_KIB = 32_000
"""Room for the index of a million requests, which each portion is spread over."""


def place() -> Path:
    """Return where the user's ledger lies."""
    return state_folder() / NAME


def open(path: Path | None = None, *, readonly: bool = False) -> Ledger:  # noqa: A001 - as gzip, shelve and dbm have it
    """Open a ledger, the user's unless a path is given; it is a context manager.

    With `readonly` nothing is written anywhere: what is not there reads as an empty ledger, and one whose tables are
    older is migrated in memory. Raises BrokenFile, Busy, Unwritable, or BatchpackError for a newer version's file.
    """
    where = place() if path is None else path
    try:
        connection = _read(where) if readonly else _shared(where)
        try:
            with told(where):
                prepare(connection, where)
        except BaseException:
            connection.close()
            raise
    except BrokenFile as error:
        error.hint = "move it away: what hosts still keep records of is collected anew"
        raise
    return Ledger(connection, where)


def prepare(connection: sqlite3.Connection, path: Path) -> None:
    """Bring tables and sums to this version."""
    schema.migrate(connection, path)
    if not _is_current(connection):
        from batchpack.ledger import rebuilding

        with transaction(connection):
            rebuilding.rebuild(connection)


def _is_current(connection: sqlite3.Connection) -> bool:
    """Tell whether tables and sums are as this version makes them."""
    return schema.version(connection) == schema.VERSION and meta.get(connection, meta.BANDS) == list(bands.edges())


def _shared(path: Path) -> sqlite3.Connection:
    """Open the file for writing; when it is made, or its folder, nobody but its owner may read it."""
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    connection = database.connect(path)
    connection.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
    return connection


def _read(path: Path) -> sqlite3.Connection:
    """Open the file for reading, or a copy in memory of one that this version has to change first."""
    if not path.is_file():
        return _in_memory()
    with told(path):
        connection = _looked_at(path)
        try:
            if _is_current(connection):
                return connection
            copy = _in_memory()
            connection.backup(copy)
        except BaseException:
            connection.close()
            raise
        connection.close()
        return copy


def _looked_at(path: Path) -> sqlite3.Connection:
    """Open the file without writing; where SQLite may not even make the memory that its processes share, as it lies."""
    address = f"file:{quote(str(path.resolve()))}"
    connection = _connection(f"{address}?mode=ro")
    try:
        schema.version(connection)
    except sqlite3.OperationalError:
        connection.close()
        return _connection(f"{address}?immutable=1")
    return connection


def _connection(address: str) -> sqlite3.Connection:
    """Open an address as `database.connect` does."""
    connection = sqlite3.connect(
        address, uri=True, timeout=database.WAIT_SECONDS, isolation_level=None, check_same_thread=False
    )
    connection.row_factory = sqlite3.Row
    return connection


def _in_memory() -> sqlite3.Connection:
    """Open an empty database that no file holds."""
    return _connection("file::memory:")
