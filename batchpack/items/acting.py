"""Acts on items: none begins before a person agreed to what was judged of the item's chunk."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from batchpack.items import approval
from batchpack.queue import database


def check(folder: Path, item: str) -> None:
    """Raise NotApproved where an item is in a chunk that nobody approved; what is no item of the batch passes."""
    with database.opened(folder / database.NAME) as connection:
        chunk = _chunk(connection, item)
        if chunk is not None:
            approval.find(connection, chunk)


def _chunk(connection: sqlite3.Connection, item: str) -> int | None:
    """Return the number of an item's chunk."""
    row = connection.execute("SELECT chunk FROM item WHERE id = ?", (item,)).fetchone()
    return None if row is None else row["chunk"]
