"""The crew of a run."""

from __future__ import annotations

import pytest

from batchpack.errors import BatchpackError
from batchpack.item_runs.crew import Crew
from batchpack.queue import database
from batchpack.queue.store import SqliteQueue
from tests.item_runs.conftest import Make


def test_a_crew_works_until_nothing_is_left(options: Make) -> None:
    """All tasks are done, each told on a line, and the files of the calls are gone."""
    told: list[str] = []
    one = options()
    done = Crew(one, told.append).run()

    assert (2, 0, 4, "") == (done.done, done.failed, done.calls, done.stopped)
    assert ["chunk-01  done", "chunk-02  done"] == sorted(told)
    assert not (one.folder / "calls" / one.worker).exists()


def test_an_error_of_ours_ends_it_and_gives_back(options: Make) -> None:
    """A template that cannot be rendered is told once, and no claim stays behind."""
    one = options(template="{{ nothing }}")
    with pytest.raises(BatchpackError, match="nothing"):
        Crew(one, print).run()

    with SqliteQueue(one.folder / database.NAME) as queue:
        assert 0 == queue.counts()["claimed"]


def test_a_lost_claim_is_noticed_by_the_heartbeat(options: Make) -> None:
    """When another worker has the task, its work is to end; the crew itself goes on."""
    one = options()
    with SqliteQueue(one.folder / database.NAME) as queue:
        queue.claim("other", task="chunk-01")
        crew = Crew(one, print)
        crew._keep(queue, "chunk-01", 9)

    assert {"chunk-01"} == crew.floor.lost
    assert not crew.floor.stop.is_set()
