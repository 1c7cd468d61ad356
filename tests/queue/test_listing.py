"""Adding, paging and counting."""

from __future__ import annotations

from functools import partial

import pytest

from batchpack.errors import UsageError
from batchpack.queue import database, listing
from batchpack.queue.rows import Refused
from batchpack.queue.store import SqliteQueue
from batchpack.queue.values import STATUSES, Draft, Status
from tests.support.queues import Winder


def test_a_name_is_given_once(queue: SqliteQueue) -> None:
    """Of drafts with a name that is there already none is added."""
    with pytest.raises(Refused, match="there already"):
        queue.add([Draft("d"), Draft("a")])

    assert ["a", "b", "c"] == [task.id for task in queue.page().tasks]


@pytest.mark.parametrize("name", ["../x", "-x", "x.lock", "a b", "", "x" * 65, "x\n"])
def test_a_hostile_name_is_refused(queue: SqliteQueue, name: str) -> None:
    """Names that could lead elsewhere or be taken for options never get in."""
    with pytest.raises(UsageError, match="cannot be the name of a task"):
        queue.add([Draft(name)])


def test_pages_hold_each_task_once(queue: SqliteQueue) -> None:
    """Following the pages meets every task once, also while tasks are added and end."""
    queue.add(Draft(f"t{number}") for number in range(10))
    seen: list[str] = []
    after: int | None = 0
    while after is not None:
        page = queue.page(after=after, limit=4)
        seen += [task.id for task in page.tasks]
        after = page.after

    assert ["a", "b", "c", *(f"t{number}" for number in range(10))] == seen


def test_pages_are_of_a_status_and_a_worker(queue: SqliteQueue) -> None:
    """Asked for a status or a worker, a page holds only what fits."""
    for worker in ("w1", "w2"):
        queue.claim(worker)
    queue.complete("a", 1, evidence=["x"])

    assert [["a"], ["b"], ["c"], ["b"], []] == [
        [task.id for task in page.tasks]
        for page in (
            queue.page(status="done"),
            queue.page(status="claimed"),
            queue.page(status="pending"),
            queue.page(assignee="w2"),
            queue.page(status="done", assignee="w2"),
        )
    ]


@pytest.mark.parametrize("limit", [0, -1, 1001])
def test_an_impossible_page_is_refused(queue: SqliteQueue, limit: int) -> None:
    """A page holds 1 to 1000 tasks."""
    with pytest.raises(UsageError, match="page of"):
        queue.page(limit=limit)


@pytest.mark.parametrize("status", STATUSES[:3])
def test_a_page_takes_as_long_among_many(queue: SqliteQueue, status: Status) -> None:
    """However many tasks there are, finding a page takes SQLite the same number of steps."""
    taken = []
    for size in (100, 10_000):
        queue.add(Draft(f"{size}-{number}") for number in range(size))
        with database.opened(queue.path) as connection:
            steps: list[int] = []
            connection.set_progress_handler(partial(steps.append, 1), 100)
            listing.page(connection, status, None, 50, 20)
            taken.append(len(steps))

    assert taken[1] <= taken[0] + 1


def test_every_task_is_counted(queue: SqliteQueue) -> None:
    """Counts name every status and add up."""
    queue.claim("w1")

    assert {"pending": 2, "claimed": 1, "done": 0, "failed": 0, "skipped": 0, "dead": 0} == queue.counts()


def test_the_next_chance_is_told(queue: SqliteQueue, clock: Winder) -> None:
    """It is now while a task waits, else when the first pause or lease ends, else never."""
    told = [queue.soonest()]
    for task, lease in (("a", 100), ("b", 50), ("c", 70)):
        queue.claim("w1", task=task, lease=lease)
    clock.wait(10)
    told.append(queue.soonest())
    for task in ("a", "b", "c"):
        queue.complete(task, 1, evidence=["x"])

    assert [0.0, 40.0, None] == [*told, queue.soonest()]
