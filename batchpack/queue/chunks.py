"""The chunks of a batch with the tasks about them, page by page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from batchpack.errors import UsageError
from batchpack.queue import database
from batchpack.queue.listing import PAGE_LIMIT

_PAGE = """SELECT chunk.number, chunk.label, chunk.items, chunk.size, chunk.tokens, task.id AS task, task.status,
    (SELECT count(*) FROM record JOIN item ON item.id = record.item WHERE item.chunk = chunk.number) AS recorded
    FROM chunk LEFT JOIN task ON task.chunk = chunk.number AND task.kind = 'chunk'
    WHERE chunk.number > ? ORDER BY chunk.number LIMIT ?"""


def page(folder: Path, after: int, limit: int) -> tuple[list[dict[str, Any]], int | None]:
    """Return the chunks behind a number, and the number that the next page begins behind (None: that was the last)."""
    if not 1 <= limit <= PAGE_LIMIT:
        raise UsageError(f"a page of {limit} chunks cannot be given", f"give 1 to {PAGE_LIMIT}")
    with database.opened(folder / database.NAME) as connection:
        rows = [dict(row) for row in connection.execute(_PAGE, (after, limit + 1))]
    found = rows[:limit]
    return found, found[-1]["number"] if len(rows) > limit else None
