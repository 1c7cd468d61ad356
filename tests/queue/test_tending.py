"""Doing again and giving up, which people decide."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from batchpack.queue.rows import Refused, StaleClaim
from batchpack.queue.store import SqliteQueue


def test_a_requeued_task_begins_from_nothing(queue: SqliteQueue) -> None:
    """What is done again has no attempts, error or result, and the old claim is void."""
    queue.claim("w1", task="a")
    queue.fail("a", 1, error="broken")
    found = queue.requeue("a")

    assert ("pending", 0, 0, None, None) == (
        found.status, found.attempts, found.lost_leases, found.error, found.completed_at,
    )  # fmt: skip
    with pytest.raises(StaleClaim):
        queue.fail("a", 1, error="broken")
    with pytest.raises(StaleClaim):
        queue.complete("a", found.token, evidence=["x"])


def test_a_held_task_is_taken_away_by_force_only(queue: SqliteQueue) -> None:
    """A worker that may live keeps its task unless a person insists, and then its report is refused."""
    queue.claim("w1", task="a")
    verbs: tuple[Callable[[], object], ...] = (lambda: queue.requeue("a"), lambda: queue.bury("a", reason="x"))
    for verb in verbs:
        with pytest.raises(Refused, match="a is held by w1"):
            verb()
    queue.requeue("a", force=True)

    with pytest.raises(StaleClaim):
        queue.complete("a", 1, evidence=["x"])


def test_what_is_done_cannot_be_given_up(queue: SqliteQueue) -> None:
    """Giving up a task that is done is refused; one that waits is given up with the reason."""
    queue.claim("w1", task="a")
    queue.complete("a", 1, evidence=["x"])
    with pytest.raises(Refused, match="a is done"):
        queue.bury("a", reason="x")

    assert ("dead", "no use") == (queue.bury("b", reason="no use").status, queue.get("b").error)
