"""Pruning: what is at its end and old goes as a whole; all else stays with the reason."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

from batchpack.items import bodies, pruning
from batchpack.queue import batches


def test_what_is_open_stays(judged: sqlite3.Connection, tmp_path: Path) -> None:
    """A batch with pending items, with receipts, or that cannot be read stays; a young one is not looked at."""
    folder = bodies.beside(judged)
    assert "4 of its 6 items are pending" in pruning.look([folder], timedelta())[0].kept_for
    assert [] == pruning.look([folder], timedelta(days=1))
    judged.execute("UPDATE task SET status = 'dead'")
    later = datetime.now(UTC) + timedelta(days=40)
    assert [""] == [old.kept_for for old in pruning.look([folder], timedelta(days=30), later)]
    (folder / pruning.RECEIPTS).write_text("")
    assert "receipts" in pruning.look([folder], timedelta())[0].kept_for
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "items.sqlite").write_text("no database")
    assert "cannot be read" in pruning.look([broken], timedelta())[0].kept_for


def test_a_batch_goes_as_a_whole(judged: sqlite3.Connection, tmp_path: Path) -> None:
    """Nothing of it is left."""
    pruning.remove(pruning.look([bodies.beside(judged)], timedelta())[0])

    assert [] == batches.of_project(tmp_path)
    assert [".gitignore"] == [path.name for path in (tmp_path / ".batchpack/items").iterdir()]
