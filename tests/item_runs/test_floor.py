"""What the threads of a run share."""

from __future__ import annotations

import pytest

from batchpack.item_runs.floor import Floor
from batchpack.messages.gate import Closed
from tests.item_runs.conftest import Make


def test_an_end_is_for_all_and_keeps_its_first_reason(options: Make) -> None:
    """After an end nobody begins, every task is over, and the first reason is told."""
    floor = Floor(options(), print)
    assert not floor.is_over("a")
    floor.end("no key")
    floor.end("interrupted")

    assert floor.is_over("a")
    assert "no key" == floor.progress.stopped
    with pytest.raises(Closed):
        floor.gate.enter()


def test_a_lost_task_is_over_alone(options: Make) -> None:
    """A claim that was lost ends the work on its task, not on others."""
    floor = Floor(options(), print)
    floor.lost.add("a")
    floor.count(done=1, calls=2)

    assert (True, False) == (floor.is_over("a"), floor.is_over("b"))
    assert (1, 0, 2) == (floor.progress.done, floor.progress.failed, floor.progress.calls)
