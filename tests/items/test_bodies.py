"""The fields of items: each is proved by its hash before it is handed on."""

from __future__ import annotations

import pytest

from batchpack.errors import BrokenFile
from batchpack.items import bodies
from batchpack.items.bodies import Tampered
from tests.items.conftest import Make


def test_fields_are_read_by_place(make: Make) -> None:
    """Any item is read alone, and all of them in their order."""
    connection = make([{"id": f"i{n}", "text": "ä" * n, "half": "\ud800"} for n in range(5)])
    folder = bodies.beside(connection)
    row = connection.execute("SELECT start, id, sha256 FROM item WHERE id = 'i3'").fetchone()

    assert {"id": "i3", "text": "äää", "half": "\ud800"} == bodies.read(folder, *row)
    assert [0, 1, 2, 3, 4] == [len(fields["text"]) for _, fields in bodies.every(connection)]


def test_what_was_changed_is_told(make: Make) -> None:
    """Fields that somebody edited are refused by the item's id; a file that is gone is told."""
    connection = make([{"id": "a", "text": "pay 10"}])
    path = bodies.beside(connection) / bodies.NAME
    path.write_text(path.read_text().replace("10", "99"))
    with pytest.raises(Tampered, match="for a is not what was added"):
        list(bodies.every(connection))
    path.unlink()
    with pytest.raises(BrokenFile):
        list(bodies.every(connection))
