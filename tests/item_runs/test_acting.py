"""Which tasks are a run's, and acts with receipts; tests/commands/items/test_run.py has them from end to end."""

from __future__ import annotations

from batchpack.item_runs import acting
from batchpack.item_runs.values import Act
from batchpack.queue import database
from batchpack.queue.store import SqliteQueue
from batchpack.queue.values import Draft
from tests.item_runs.conftest import Make


def test_a_run_takes_only_tasks_of_its_kind(options: Make) -> None:
    """A run that judges leaves acts and tasks of people's own alone; one of an act takes that act's."""
    with SqliteQueue(options().folder / database.NAME) as queue:
        queue.add([Draft("archive-01"), Draft("delete-01"), Draft("my-own")])

        assert ["chunk-01", "chunk-02"] == list(acting.candidates(queue, options()))
        assert ["archive-01"] == list(acting.candidates(queue, options(act=Act("archive"))))


def test_it_is_over_when_nothing_of_its_kind_is_left(options: Make) -> None:
    """What others hold may come back, so a run waits for it; tasks of another kind it does not."""
    one = options(act=Act("archive"))
    with SqliteQueue(one.folder / database.NAME) as queue:
        assert acting.is_over(queue, one)
        queue.add([Draft("archive-01")])
        queue.claim("w", task="archive-01")
        assert not acting.is_over(queue, one)
        queue.complete("archive-01", 1, evidence=["done"])
        assert acting.is_over(queue, one)
