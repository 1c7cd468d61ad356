"""Where opencode's records lie, and how they are read beside an opencode that writes to them."""

from __future__ import annotations

import importlib
import os
import shutil
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from batchpack.errors import BatchpackError, BrokenFile
from tests.support.opencode_records import Records
from tests.support.pack import host


@pytest.fixture
def records() -> Any:
    """Return the module under test."""
    return importlib.import_module(f"{host('opencode').__name__}.records")  # type: ignore[attr-defined]


def test_all_of_its_databases_are_found(records: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The usual database, those of other channels and the one that OPENCODE_DB names are listed once each."""
    monkeypatch.setenv("HOME", str(tmp_path))
    assert [] == records.databases()
    beta, usual = Records(tmp_path, "opencode-beta.db").path, Records(tmp_path).path
    assert [usual, beta] == records.databases()
    monkeypatch.setenv("OPENCODE_DB", "opencode-beta.db")
    assert [beta, usual] == records.databases()
    monkeypatch.setenv("OPENCODE_DB", ":memory:")
    assert [beta, usual] == records.databases()
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "elsewhere"))

    assert [] == records.databases()


def test_the_stamp_changes_with_each_write(records: Any, tmp_path: Path) -> None:
    """What stands in the log of writes only changes the stamp as well."""
    made = Records(tmp_path)
    with closing(made.connect()) as writing:
        before = records.stamp(made.path)
        writing.execute("INSERT INTO session VALUES ('s', 'p', NULL, '/w', 't', 'build', 1, 1)")

        assert before != records.stamp(made.path)


def test_reading_leaves_the_stamp(records: Any, tmp_path: Path) -> None:
    """What SQLite puts beside a database that is read is not taken for something new."""
    made = Records(tmp_path)
    made.session("a")
    before = records.stamp(made.path)
    with records.opened(made.path) as reading:
        reading.execute("SELECT * FROM session").fetchall()

    assert before == records.stamp(made.path)


def test_reading_needs_no_turn_of_the_writers(records: Any, tmp_path: Path) -> None:
    """While opencode is in the midst of a write, what it wrote before is read."""
    made = Records(tmp_path)
    made.session("a")
    with closing(made.connect()) as writing:
        writing.execute("BEGIN IMMEDIATE")
        writing.execute("DELETE FROM session")
        with records.opened(made.path) as reading:
            assert ["ses_a"] == [row["id"] for row in reading.execute("SELECT id FROM session")]
        writing.execute("ROLLBACK")


def test_nothing_can_be_written(records: Any, tmp_path: Path) -> None:
    """The database is opened to look only."""
    made = Records(tmp_path)

    with pytest.raises(BatchpackError, match="readonly"), records.opened(made.path) as reading:
        reading.execute("DELETE FROM session")


def test_a_locked_database_is_told(records: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that another process keeps for itself is waited for, then named with what happens next."""
    monkeypatch.setattr(records, "WAIT_SECONDS", 0.05)
    made = Records(tmp_path)
    with closing(made.connect()) as writing:
        writing.execute("PRAGMA locking_mode=EXCLUSIVE")
        writing.execute("INSERT INTO session VALUES ('s', 'p', NULL, '/w', 't', 'build', 1, 1)")

        with (
            pytest.raises(BatchpackError, match=r"opencode\.db: opencode's records cannot be read now: .*locked"),
            records.opened(made.path),
        ):
            pass


@pytest.mark.parametrize("text", [b"", b"SQLite format 3\0 and then no more", b"no database " * 500])
def test_what_is_no_database_is_told(records: Any, tmp_path: Path, text: bytes) -> None:
    """A file of other content is named as broken; an empty one is an empty database."""
    path = tmp_path / "opencode.db"
    path.write_bytes(text)
    if not text:
        with records.opened(path) as reading:
            assert [] == list(reading.execute("SELECT * FROM sqlite_master"))
        return

    with pytest.raises(BrokenFile, match="it is no database"), records.opened(path) as reading:
        reading.execute("SELECT * FROM session")


def test_texts_of_other_bytes_are_read(records: Any, tmp_path: Path) -> None:
    """A text that is not UTF-8 does not end the reading."""
    made = Records(tmp_path)
    made.session("a")
    made.run("UPDATE session SET title = CAST(x'ff41' AS TEXT)")
    with records.opened(made.path) as reading:
        assert "\N{REPLACEMENT CHARACTER}A" == reading.execute("SELECT title FROM session").fetchone()["title"]


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is closed to root")
def test_a_closed_folder_is_read(records: Any, tmp_path: Path) -> None:
    """In a folder that nobody may write to, a database without a log of writes is read."""
    made = Records(tmp_path)
    made.session("a")
    with closing(made.connect()) as writing:
        writing.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    closed = tmp_path / "closed"
    closed.mkdir()
    shutil.copy(made.path, closed / "opencode.db")
    closed.chmod(0o500)
    try:
        with records.opened(closed / "opencode.db") as reading:
            assert 1 == reading.execute("SELECT count(*) FROM session").fetchone()[0]
    finally:
        closed.chmod(0o700)
