"""Queues for tests: a batch with tasks, and a clock that the test winds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from batchpack.queue import batches, database
from batchpack.queue.store import SqliteQueue
from batchpack.queue.ticks import Moment
from batchpack.queue.values import Draft


class Winder:
    """A clock that stands still until it is wound; the wall clock can be set, as people and servers do."""

    def __init__(self) -> None:
        self.wall, self.ticks, self.boot = 1_700_000_000.0, 1000.0, "first"

    def __call__(self) -> Moment:
        """Return the moment it shows."""
        return Moment(self.wall, self.ticks, self.boot)

    def wait(self, seconds: float) -> None:
        """Let time go by."""
        self.wall += seconds
        self.ticks += seconds

    def reboot(self, ticks: float = 0.0) -> None:
        """Begin a new boot, which counts from nothing."""
        self.ticks, self.boot = ticks, f"{self.boot}+"


@contextmanager
def queue_of(folder: Path, *drafts: Draft, clock: Winder | None = None, name: str = "b") -> Iterator[SqliteQueue]:
    """Make a batch with some tasks in a project, and open its queue."""
    path = batches.make(folder, name) / database.NAME
    with closing(SqliteQueue(path) if clock is None else SqliteQueue(path, clock)) as queue:
        queue.add(drafts)
        yield queue


def put_items(queue: SqliteQueue, chunk: int | None, *ids: str) -> None:
    """Put items into the batch of a queue."""
    with database.opened(queue.path) as connection, database.transaction(connection):
        rows = [(one, "0" * 64, chunk) for one in ids]
        connection.executemany("INSERT INTO item (id, sha256, size, tokens, chunk) VALUES (?, ?, 1, 1, ?)", rows)


def record(queue: SqliteQueue, task: str, item: str, disposition: str = "done") -> None:
    """Put a record of an item, as its worker would."""
    with database.opened(queue.path) as connection, database.transaction(connection):
        connection.execute(
            "INSERT OR REPLACE INTO record (item, task, disposition, at, token) VALUES (?, ?, ?, 0, 1)",
            (item, task, disposition),
        )


def dispositions(queue: SqliteQueue) -> dict[str, str]:
    """Return the disposition of each item that has a record."""
    with database.opened(queue.path) as connection:
        return dict(connection.execute("SELECT item, disposition FROM record").fetchall())
