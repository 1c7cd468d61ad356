"""The tables and their versions."""

from __future__ import annotations

import hashlib
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from batchpack import ledger
from batchpack.errors import Unwritable
from batchpack.ledger import schema


def test_released_steps_are_never_changed() -> None:
    """A step that made somebody's tables is as it was; what changes is a new step behind it."""
    steps = [hashlib.sha256("\n".join(step).encode()).hexdigest()[:12] for step in schema.MIGRATIONS]

    assert ["850b2bfd8775"] == steps


def test_tables_are_made_all_or_none(tmp_path: Path) -> None:
    """A step that fails leaves the version that was there."""
    with closing(sqlite3.connect(tmp_path / "m.sqlite", isolation_level=None)) as connection:
        connection.execute("CREATE TABLE usage (id)")
        connection.row_factory = sqlite3.Row
        with pytest.raises(Unwritable, match="usage already exists"):
            schema.migrate(connection, tmp_path / "m.sqlite")

        tables = [row[0] for row in connection.execute("SELECT name FROM sqlite_schema ORDER BY name")]
        assert (0, ["usage"]) == (schema.version(connection), tables)


def test_tables_are_made_once(tmp_path: Path) -> None:
    """Opening again finds this version."""
    for _ in range(2):
        with ledger.open(tmp_path / "m.sqlite"):
            pass
    with closing(sqlite3.connect(tmp_path / "m.sqlite")) as connection:
        assert schema.VERSION == schema.version(connection)
