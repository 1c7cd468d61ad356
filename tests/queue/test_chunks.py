"""Chunks as pages."""

from __future__ import annotations

from pathlib import Path

import pytest

from batchpack.errors import UsageError
from batchpack.queue import batches, chunks, database
from batchpack.queue.store import SqliteQueue
from batchpack.queue.values import Draft


@pytest.fixture
def batch(tmp_path: Path) -> Path:
    """Make a batch of two chunks of two items, with one record."""
    folder = batches.make(tmp_path, "mails")
    with SqliteQueue(folder / database.NAME) as queue:
        queue.add([Draft(f"chunk-0{number}", "chunk", chunk=number) for number in (1, 2)])
    with database.opened(folder / database.NAME) as connection, database.transaction(connection):
        for number in (1, 2):
            connection.execute("INSERT INTO chunk VALUES (?, ?, 2, 10, 5)", (number, f"2026-0{number}"))
            for item in (1, 2):
                words = (f"i{number}{item}", number)
                connection.execute("INSERT INTO item (id, sha256, size, tokens, chunk) VALUES (?, '', 1, 1, ?)", words)
        connection.execute("INSERT INTO record VALUES ('i11', 'chunk-01', 'fyi', 'done', '', NULL, 1, 1)")
    return folder


def test_chunks_come_in_pages_with_their_tasks(batch: Path) -> None:
    """Each chunk says its items, its task and how many records there are; the last page has no next one."""
    first, after = chunks.page(batch, 0, 1)
    second, end = chunks.page(batch, after or 0, 1)

    assert (1, None) == (after, end)
    facts = [(one["label"], one["items"], one["task"], one["status"], one["recorded"]) for one in first]
    assert [("2026-01", 2, "chunk-01", "pending", 1)] == facts
    assert ["2026-02"] == [one["label"] for one in second]
    with pytest.raises(UsageError, match="cannot be given"):
        chunks.page(batch, 0, 0)
