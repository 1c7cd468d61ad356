"""The tables and their versions."""

from __future__ import annotations

import hashlib
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from batchpack import ledger
from batchpack.errors import BrokenFile, Unwritable
from batchpack.ledger import schema


def test_released_steps_are_never_changed() -> None:
    """A step that made somebody's tables is as it was; what changes is a new step behind it."""
    steps = [hashlib.sha256("\n".join(step).encode()).hexdigest()[:12] for step in schema.MIGRATIONS]

    assert ["850b2bfd8775"] == steps


def test_tables_are_made_all_or_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A step that fails leaves the version that was there."""
    monkeypatch.setattr(schema, "MIGRATIONS", (("CREATE TABLE usage (id)", "CREATE TABLE usage (id)"),))
    with closing(sqlite3.connect(tmp_path / "m.sqlite", isolation_level=None)) as connection:
        connection.row_factory = sqlite3.Row
        with pytest.raises(Unwritable, match="usage already exists"):
            schema.migrate(connection, tmp_path / "m.sqlite")

        assert (0, []) == (schema.version(connection), _tables(connection))


@pytest.mark.parametrize(("version", "said"), [(0, "another program"), (schema.VERSION, "not those of batchpack")])
@pytest.mark.parametrize("readonly", [True, False])
def test_tables_of_other_programs_are_left_alone(tmp_path: Path, version: int, said: str, readonly: bool) -> None:
    """A database of somebody else is named, with what to do, and gets no tables of ours."""
    path = tmp_path / "m.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE usage (id)")
        connection.execute(f"PRAGMA user_version = {version}")

    with pytest.raises(BrokenFile, match=said) as caught, ledger.open(path, readonly=readonly):
        pass
    with closing(sqlite3.connect(path)) as connection:
        assert (["usage"], True) == (_tables(connection), str(path) in caught.value.message)
    assert "move it away" in (caught.value.hint or "")


def _tables(connection: sqlite3.Connection) -> list[str]:
    """Return the names of the tables there are."""
    return [row[0] for row in connection.execute("SELECT name FROM sqlite_schema ORDER BY name")]


def test_tables_are_made_once(tmp_path: Path) -> None:
    """Opening again finds this version."""
    for _ in range(2):
        with ledger.open(tmp_path / "m.sqlite"):
            pass
    with closing(sqlite3.connect(tmp_path / "m.sqlite")) as connection:
        assert schema.VERSION == schema.version(connection)
