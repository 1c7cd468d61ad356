"""A queue of three tasks and a clock that the test winds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from batchpack.queue.store import SqliteQueue
from batchpack.queue.values import Draft
from tests.support.queues import Winder, queue_of


@pytest.fixture
def clock() -> Winder:
    """A clock that stands still."""
    return Winder()


@pytest.fixture
def queue(tmp_path: Path, clock: Winder) -> Iterator[SqliteQueue]:
    """A queue of the tasks a, b and c."""
    with queue_of(tmp_path, Draft("a", title="First"), Draft("b"), Draft("c"), clock=clock) as made:
        yield made
