"""How a ledger is opened, whatever lies at its place."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from batchpack import ledger
from batchpack.errors import BatchpackError, BrokenFile, Unwritable
from batchpack.ledger import schema
from tests.support.ledgers import counts, put, used
from tests.support.project import ROOT

NOBODY = 65534


def change(path: Path, statement: str) -> None:
    """Change a database behind the ledger's back."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute(statement)


def filled(folder: Path) -> Path:
    """Make a ledger with one request."""
    path = folder / "state" / "metrics.sqlite"
    with ledger.open(path) as book:
        put(book, used(input=7))
    return path


def test_the_users_ledger_lies_in_the_state_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a path it is the one of the user, which nobody else may read."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    with ledger.open() as book:
        assert (tmp_path / "batchpack/metrics.sqlite", ledger.place()) == (book.path, book.path)

    assert [0o600, 0o700] == [stat.S_IMODE(path.stat().st_mode) for path in (ledger.place(), ledger.place().parent)]


def test_what_is_closed_is_there_again(tmp_path: Path) -> None:
    """A ledger keeps what it took."""
    path = filled(tmp_path)
    with ledger.open(path) as book, ledger.open(path, readonly=True) as reader:
        assert [{(): (1, 7, 0)}] * 2 == [counts(book.totals()), counts(reader.totals())]


def test_reading_makes_nothing(tmp_path: Path) -> None:
    """Who only reads finds an empty ledger where there is none, and leaves no file behind."""
    with ledger.open(tmp_path / "none" / "m.sqlite", readonly=True) as book:
        assert ([], [], [], []) == (book.totals(), list(book.sessions()), list(book.marks()), book.complaints())

    assert [] == list(tmp_path.iterdir())


def test_who_only_reads_changes_nothing(tmp_path: Path) -> None:
    """A ledger opened for reading takes nothing."""
    path = filled(tmp_path)
    with ledger.open(path, readonly=True) as book, pytest.raises(Unwritable):
        put(book, used("k2"))

    with ledger.open(path) as book:
        assert {(): (1, 7, 0)} == counts(book.totals())


def test_a_newer_ledger_is_left_alone(tmp_path: Path) -> None:
    """The tables of a later version are not touched, and the reader is told to update."""
    path = filled(tmp_path)
    change(path, f"PRAGMA user_version = {schema.VERSION + 1}")
    for readonly in (False, True):
        with pytest.raises(BatchpackError, match="written by a newer batchpack") as caught:
            ledger.open(path, readonly=readonly)
        assert "update batchpack; the file was not changed" == caught.value.hint


def test_sums_of_other_bands_are_made_anew(tmp_path: Path) -> None:
    """A list of prices with other tiers leads to other sums: in the file, or in memory for who only reads."""
    path = filled(tmp_path)
    change(path, "UPDATE meta SET value = '[0]' WHERE key = 'bands'")
    change(path, "UPDATE rollup SET input = 9")
    with ledger.open(path, readonly=True) as book:
        assert {(): (1, 7, 0)} == counts(book.totals())
    with closing(sqlite3.connect(path)) as connection:
        assert [(9,)] == connection.execute("SELECT input FROM rollup").fetchall()
    with ledger.open(path) as book:
        assert {(): (1, 7, 0)} == counts(book.totals())
    with closing(sqlite3.connect(path)) as connection:
        assert [(7,)] == connection.execute("SELECT input FROM rollup").fetchall()


@pytest.mark.parametrize("readonly", [False, True])
def test_what_is_no_ledger_is_told_and_left_alone(tmp_path: Path, readonly: bool) -> None:
    """A file of something else stays as it is."""
    path = tmp_path / "metrics.sqlite"
    path.write_text("no database\n" * 100)
    with pytest.raises(BrokenFile, match=r"metrics\.sqlite") as caught:
        ledger.open(path, readonly=readonly)
    assert "move it away: what hosts still keep records of is collected anew" == caught.value.hint

    assert "no database\n" * 100 == path.read_text()


def test_a_home_that_cannot_be_written_still_shows_what_is_known(tmp_path: Path) -> None:
    """Another user, who may read the folder and nothing else, sees the sums; writing is refused in words."""
    path = filled(tmp_path)
    path.chmod(0o644)
    script = (
        "import os, sys\n"
        "from pathlib import Path\n"
        "from batchpack import ledger\n"
        "from batchpack.errors import Unwritable\n"
        "from batchpack.ledger import bands\n"
        "bands.edges()  # read before the other user, who may not look into this folder, comes in\n"
        f"os.setuid({NOBODY}) if os.getuid() == 0 else None\n"
        "path = Path(sys.argv[1])\n"
        "with ledger.open(path, readonly=True) as book:\n"
        "    print([row.input for row in book.totals()])\n"
        "try:\n"
        "    ledger.open(path).__exit__(None, None, None)\n"
        "except Unwritable as error:\n"
        "    print('refused')\n"
    )
    place = Path("/tmp") / f"batchpack-readonly-{os.getpid()}"  # where another user may look
    shutil.copytree(path.parent, place)
    place.chmod(0o555)
    try:
        words = [sys.executable, "-c", script, str(place / path.name)]
        done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    finally:
        place.chmod(0o755)
        shutil.rmtree(place)

    assert (0, "[7]\nrefused\n", "") == (done.returncode, done.stdout, done.stderr)
