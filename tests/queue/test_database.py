"""The file of a batch: made at once, opened with care, changed all or not at all."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from batchpack.errors import BatchpackError, BrokenFile, Unwritable
from batchpack.queue import database


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A batch's file."""
    database.create(tmp_path / "batch" / database.NAME)
    return tmp_path / "batch" / database.NAME


def put(connection: sqlite3.Connection, key: str) -> None:
    """Write a row."""
    connection.execute("INSERT INTO meta VALUES (?, '')", (key,))


def put_twice(connection: sqlite3.Connection, key: str) -> None:
    """Write a row, and fail."""
    with database.transaction(connection):
        put(connection, key)
        put(connection, key)


def test_every_change_is_forced_to_disk(path: Path) -> None:
    """A connection writes ahead and forces every transaction to disk."""
    with database.opened(path) as connection:
        found = [connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous")]

    assert ["wal", 2] == found


def test_a_failed_transaction_changes_nothing(path: Path) -> None:
    """What was written before an error inside a transaction is gone, and the connection goes on."""
    with database.opened(path) as connection:
        with pytest.raises(sqlite3.IntegrityError):
            put_twice(connection, "lost")
        with database.transaction(connection):
            put(connection, "kept")
        rows = [row["key"] for row in connection.execute("SELECT key FROM meta")]

    assert ["kept"] == rows


def test_a_file_is_not_made_twice(path: Path) -> None:
    """Making a batch where one stands is refused."""
    with pytest.raises(BatchpackError, match="is there already"):
        database.create(path)


def test_no_file_no_batch(tmp_path: Path) -> None:
    """A folder without a batch is told, and nothing is made in it."""
    with pytest.raises(BatchpackError, match="there is no batch"):
        database.open(tmp_path / database.NAME)

    assert [] == list(tmp_path.iterdir())


def test_a_newer_file_is_left_alone(path: Path) -> None:
    """A file of a newer version is refused in words."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 99")

    with pytest.raises(database.Newer, match="its schema is 99"):
        database.open(path)


def test_an_unfinished_file_is_told_and_made_anew(tmp_path: Path) -> None:
    """A file whose making was killed holds no batch; making it again mends it."""
    path = tmp_path / database.NAME
    path.touch()

    with pytest.raises(BatchpackError, match="cut short"):
        database.open(path)
    database.create(path)
    with database.opened(path) as connection:
        assert [] == connection.execute("SELECT * FROM task").fetchall()


def test_what_is_no_database_is_told(tmp_path: Path) -> None:
    """A file of something else is refused and kept."""
    path = tmp_path / database.NAME
    path.write_text("hello " * 1000)

    with pytest.raises(BrokenFile, match="not a database"):
        database.open(path)
    assert path.read_text() == "hello " * 1000


def test_a_full_disk_loses_nothing(path: Path) -> None:
    """Where no page can be added any more, the transaction is undone and the reader is told to make room."""
    with database.opened(path) as connection:
        with database.transaction(connection):
            put(connection, "kept")
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages}")

        with pytest.raises(Unwritable) as caught, database.transaction(connection):
            put(connection, "x" * 100_000)

        assert "make room" in caught.value.hint
        assert ["kept"] == [row["key"] for row in connection.execute("SELECT key FROM meta")]
