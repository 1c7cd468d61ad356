"""Rows as tasks."""

from __future__ import annotations

import pytest

from batchpack.queue import database, rows
from batchpack.queue.store import SqliteQueue


def test_every_change_is_a_new_version(queue: SqliteQueue) -> None:
    """A changed row has the next version and the time of the change, and what was not named stays."""
    before = queue.get("a")
    with database.opened(queue.path) as connection, database.transaction(connection):
        after = rows.change(connection, before, 5.0, title="Other")

    assert ("Other", 2, 5.0, before.status) == (after.title, after.version, after.updated_at, after.status)
    assert after == queue.get("a")


def test_an_old_version_is_refused(queue: SqliteQueue) -> None:
    """Who decided on what is no longer so is told the present version."""
    with pytest.raises(rows.Refused, match="it is at version 1, not 7"):
        rows.check_version(queue.get("a"), 7)
