"""SQLite files that many processes share."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from batchpack.database import connect, reading, told, transaction
from batchpack.errors import BrokenFile, Busy, Unwritable, UsageError

TABLE = "CREATE TABLE IF NOT EXISTS one (n INTEGER UNIQUE)"


def test_a_database_is_made_with_its_tables_and_forced_to_disk(tmp_path: Path) -> None:
    """Folder, file and tables are there; commits are durable and others can read meanwhile."""
    with closing(connect(tmp_path / "x/y.sqlite", TABLE)) as connection:
        connection.execute("INSERT INTO one VALUES (7)")

        assert 7 == connection.execute("SELECT n FROM one").fetchone()["n"]
        assert ("wal", 2) == (
            connection.execute("PRAGMA journal_mode").fetchone()[0],
            connection.execute("PRAGMA synchronous").fetchone()[0],
        )


def test_a_transaction_is_whole_or_not_at_all(tmp_path: Path) -> None:
    """An exception inside takes all of it back and goes on."""
    with closing(connect(tmp_path / "y.sqlite", TABLE)) as connection:
        with transaction(connection):
            connection.execute("INSERT INTO one VALUES (1)")
        with pytest.raises(sqlite3.IntegrityError), transaction(connection):
            connection.executemany("INSERT INTO one VALUES (?)", [(2,), (1,)])

        assert [1] == [row["n"] for row in connection.execute("SELECT n FROM one")]


@pytest.mark.parametrize(
    ("reason", "kind"),
    [
        ("database is locked", Busy),
        ("file is not a database", BrokenFile),
        ("no such table: one", BrokenFile),
        ("disk I/O error", Unwritable),
    ],
)
def test_errors_are_sentences_about_the_file(tmp_path: Path, reason: str, kind: type[Exception]) -> None:
    """Each reason that SQLite gives becomes the error that says what to do."""
    with pytest.raises(kind, match=r"y\.sqlite"), told(tmp_path / "y.sqlite"):
        raise sqlite3.OperationalError(reason)


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    """A file where a folder must be is named."""
    (tmp_path / "x").write_text("")
    with pytest.raises(Unwritable, match=r"y\.sqlite"):
        connect(tmp_path / "x/y.sqlite")


def test_what_is_no_database_stays_as_it_is(tmp_path: Path) -> None:
    """Another file's content is not touched."""
    (tmp_path / "y.sqlite").write_text("no database\n" * 100)
    with pytest.raises(BrokenFile):
        connect(tmp_path / "y.sqlite", TABLE)

    assert "no database\n" * 100 == (tmp_path / "y.sqlite").read_text()


def test_a_full_disk_loses_nothing(tmp_path: Path) -> None:
    """Where no page can be added any more, the transaction is taken back and the reader is told to make room."""
    with closing(connect(tmp_path / "y.sqlite", "CREATE TABLE text (t TEXT)")) as connection:
        connection.execute(f"PRAGMA max_page_count = {connection.execute('PRAGMA page_count').fetchone()[0]}")
        with pytest.raises(Unwritable) as caught, transaction(connection):
            connection.execute("INSERT INTO text VALUES (?)", ("x" * 100_000,))

        assert "make room" in caught.value.hint
        assert [] == connection.execute("SELECT * FROM text").fetchall()


@pytest.mark.parametrize("value", ["\ud800", 10**20])
def test_what_no_database_can_hold_is_the_callers_mistake(tmp_path: Path, value: object) -> None:
    """Half of a letter and a number without end are refused in words."""
    with closing(connect(tmp_path / "y.sqlite", TABLE)) as connection:
        with pytest.raises(UsageError, match=r"is no text|is too large"), transaction(connection):
            connection.execute("INSERT INTO one VALUES (?)", (value,))

        assert [] == connection.execute("SELECT n FROM one").fetchall()


def test_looking_leaves_nothing_behind(tmp_path: Path) -> None:
    """What writers have in their log is seen, and the folder is as it was; a file that is not there is not made."""
    path = tmp_path / "y.sqlite"
    with closing(connect(path, TABLE)) as connection:
        connection.execute("INSERT INTO one VALUES (7)")
        with reading(path) as open_:
            assert [7] == [row["n"] for row in open_.execute("SELECT n FROM one")]
    with reading(path) as open_:
        assert [7] == [row["n"] for row in open_.execute("SELECT n FROM one")]

    assert ["y.sqlite"] == [found.name for found in tmp_path.iterdir()]
    with pytest.raises(Unwritable), reading(tmp_path / "z.sqlite") as open_:
        open_.execute("SELECT 1")
    assert ["y.sqlite"] == [found.name for found in tmp_path.iterdir()]
