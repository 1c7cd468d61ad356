"""Claims: in order, one winner each, returned when their time is over and never before."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from batchpack.errors import UsageError
from batchpack.queue.claiming import Limited
from batchpack.queue.rows import Refused, StaleClaim
from batchpack.queue.store import SqliteQueue
from batchpack.queue.values import Draft, Limits, Task
from tests.support.queues import Winder


def claimed(queue: SqliteQueue, worker: str = "w1", **given: float) -> Task:
    """Claim a task that must be there."""
    found = queue.claim(worker, **given)  # type: ignore[arg-type]
    assert found is not None
    return found


def test_tasks_are_claimed_by_priority_then_in_order(queue: SqliteQueue) -> None:
    """A task of higher priority goes first, those of equal priority as they were added, and then there is none."""
    queue.add([Draft("urgent", priority=5), Draft("later", priority=-1)])
    got = [claimed(queue).id for _ in range(5)]

    assert (["urgent", "a", "b", "c", "later"], None) == (got, queue.claim("w1"))


def test_a_claim_says_whose_it_is(queue: SqliteQueue, clock: Winder) -> None:
    """A claim names its worker, counts the attempt, raises the token and runs for its lease."""
    found = claimed(queue, "w1", lease=60)

    assert ("claimed", "w1", 1, 1, clock.wall + 60) == (
        found.status, found.assignee, found.token, found.attempts, found.lease_until,
    )  # fmt: skip


def test_a_live_claim_is_never_taken(queue: SqliteQueue, clock: Winder) -> None:
    """Until its lease is over, a task goes to nobody else; heartbeats make it last."""
    found = claimed(queue, lease=60)
    for _ in range(10):
        clock.wait(59)
        queue.heartbeat(found.id, found.token, lease=60)

    assert {"b", "c"} == {claimed(queue, "w2").id, claimed(queue, "w2").id}
    assert queue.claim("w2") is None


def test_a_dead_workers_task_returns_within_a_lease(queue: SqliteQueue, clock: Winder) -> None:
    """Once the lease is over the next claim gets the task with a higher token, and the loss is counted."""
    first = claimed(queue, lease=60)
    clock.wait(60)
    again = claimed(queue, "w2")

    assert (first.id, 2, 1, 2, clock.wall) == (again.id, again.token, again.lost_leases, again.attempts, again.lost_at)


def test_the_third_lost_lease_is_the_death_of_a_task(queue: SqliteQueue, clock: Winder) -> None:
    """What three workers were lost with is given up, says so, and goes to nobody."""
    for name in ("w1", "w2", "w3"):
        queue.claim(name, task="a", lease=10)
        clock.wait(10)
    found = queue.reap()

    assert [("a", "dead", "given up: 3 workers were lost with it, the last was w3")] == [
        (task.id, task.status, task.error) for task in found
    ]
    with pytest.raises(Refused, match="a is dead"):
        queue.claim("w4", task="a")


@pytest.mark.parametrize("jump", [-(10.0**9), -3600.0, 3600.0, 10.0**9])
def test_a_jump_of_the_wall_clock_neither_frees_nor_holds(queue: SqliteQueue, clock: Winder, jump: float) -> None:
    """However the wall clock is set, a lease lasts as long as it was given for."""
    found = claimed(queue, lease=60)
    clock.wall += jump
    clock.wait(59)
    early = queue.reap()
    clock.wait(1)

    assert ((), [found.id]) == (early, [task.id for task in queue.reap()])


def test_a_reboot_frees_within_a_lease_and_never_too_early(queue: SqliteQueue, clock: Winder) -> None:
    """Once the machine has been up for as long as the lease, it is over, whatever the clocks said before."""
    found = claimed(queue, lease=60)
    clock.reboot(ticks=59)
    early = queue.reap()
    clock.wait(1)

    assert ((), [found.id]) == (early, [task.id for task in queue.reap()])


def test_a_boot_that_cannot_be_told_holds_nothing_for_long(queue: SqliteQueue, clock: Winder) -> None:
    """Where boots have no names, a timer that ends later than it could is taken for one of another boot."""
    clock.boot = ""
    found = claimed(queue, lease=60)
    clock.ticks = 60.0

    assert [found.id] == [task.id for task in queue.reap()]


def test_the_limit_of_all_holds(queue: SqliteQueue) -> None:
    """No more tasks are held at once than the limit, and an ended one makes room."""
    queue.limit(Limits(claims=2))
    first, _ = claimed(queue, "w1"), claimed(queue, "w2")
    with pytest.raises(Limited, match="as many tasks as they may together: 2"):
        queue.claim("w3")
    queue.release(first.id, first.token)

    assert first.id == claimed(queue, "w3").id


def test_the_limit_of_one_worker_holds(queue: SqliteQueue, clock: Winder) -> None:
    """A worker gets no more than its share while others do; what it lost by time does not count."""
    queue.limit(Limits(claims_per_worker=1))
    claimed(queue, "w1", lease=10)
    with pytest.raises(Limited, match="w1 holds as many"):
        queue.claim("w1")
    claimed(queue, "w2", lease=100)
    clock.wait(10)

    assert "a" == claimed(queue, "w1").id


def test_a_named_task_is_claimed_or_refused_with_the_reason(queue: SqliteQueue) -> None:
    """Claiming a task by name tells who has it, also where that is a worker of the same name."""
    queue.claim("w1", task="b")
    with pytest.raises(Refused, match="b is held by w1"):
        queue.claim("w2", task="b")
    with pytest.raises(Refused, match="w1 has b already, with token 1"):
        queue.claim("w1", task="b")


def test_a_paused_task_waits(queue: SqliteQueue, clock: Winder) -> None:
    """A task that was given back with a pause goes to nobody before its end."""
    found = claimed(queue)
    queue.release(found.id, found.token, pause=30)
    with pytest.raises(Refused, match="a is paused"):
        queue.claim("w2", task="a")
    got = [claimed(queue, "w2").id, claimed(queue, "w2").id, queue.claim("w2")]
    clock.wait(30)

    assert (["b", "c", None], "a") == (got, claimed(queue, "w2").id)


def test_a_version_that_is_not_the_present_one_claims_nothing(queue: SqliteQueue) -> None:
    """Who read a task before somebody changed it is refused."""
    seen = queue.get("a").version
    queue.append("a", "a note")
    with pytest.raises(Refused, match="a was changed meanwhile: it is at version 2, not 1"):
        queue.claim("w1", task="a", version=seen)

    assert "pending" == queue.get("a").status


@pytest.mark.parametrize("lease", [0.0, -1.0, 1e9, float("nan")])
def test_an_impossible_lease_is_refused(queue: SqliteQueue, lease: float) -> None:
    """A lease lasts a second to a week."""
    with pytest.raises(UsageError, match="lease of"):
        queue.claim("w1", lease=lease)


def test_a_stale_token_is_refused_for_every_verb(queue: SqliteQueue, clock: Winder) -> None:
    """Once somebody else has a task, every report of the worker before is refused and changes nothing."""
    claimed(queue, "w1", lease=10)
    clock.wait(10)
    before = queue.claim("w2", task="a")
    reports: tuple[Callable[[], object], ...] = (
        lambda: queue.heartbeat("a", 1),
        lambda: queue.release("a", 1),
        lambda: queue.complete("a", 1, evidence=["x"]),
        lambda: queue.fail("a", 1, error="x"),
        lambda: queue.fail("a", 1, error="x", again=True),
        lambda: queue.skip("a", 1, reason="x"),
        lambda: queue.append("a", "x", token=1),
    )
    for report in reports:
        with pytest.raises(StaleClaim, match=r"was lost at 2023-.*: w2 has it now, with token 2"):
            report()

    assert before == queue.get("a")
