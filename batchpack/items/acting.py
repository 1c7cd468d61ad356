"""Acts on items: none begins before a person agreed to what was judged of the item's chunk."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from batchpack.items import acts, approval
from batchpack.plaintext import line
from batchpack.queue import database
from batchpack.queue.rows import Refused


def check(folder: Path, item: str, task: str = "") -> None:
    """Raise NotApproved where an item is in a chunk that nobody approved; what is no item of the batch passes.

    Raises Refused for what the act that a task stands for is not to be done to.
    """
    with database.opened(folder / database.NAME) as connection:
        meant = acts.items_of(connection, task)
        if meant and item not in meant:
            raise Refused(
                f"{task} is not about {line(item, 80) or 'nothing'}: do not act on it",
                f"see which items it is about: batchpack items tasks {task} --batch {folder.name}",
            )
        chunk = _chunk(connection, item)
        if chunk is not None:
            approval.find(connection, chunk)


def _chunk(connection: sqlite3.Connection, item: str) -> int | None:
    """Return the number of an item's chunk."""
    row = connection.execute("SELECT chunk FROM item WHERE id = ?", (item,)).fetchone()
    return None if row is None else row["chunk"]
