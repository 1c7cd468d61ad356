"""The queue as a whole: whatever is called in whatever order, and however many call at once, it keeps its word."""

from __future__ import annotations

import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from batchpack.queue import batches, database
from batchpack.queue.rows import Refused
from batchpack.queue.store import SqliteQueue
from batchpack.queue.values import ENDED, STATUSES, Draft
from batchpack.receipts import recording
from tests.support.item_pool import Pool, account, fill, notes
from tests.support.queue_races import race
from tests.support.queues import Winder

TASKS = ("a", "b", "c")
LOST, ATTEMPTS = 3, 5


class Model:
    """A task as it should stand, kept by the simplest means."""

    def __init__(self) -> None:
        self.status, self.token, self.attempts, self.lost, self.end = "pending", 0, 0, 0, 0.0
        self.holder: int | None = None
        """The token that may report, unless its work was given back or taken away."""


class QueueMachine(RuleBasedStateMachine):
    """Calls verbs with tokens old and new while time goes by and the wall clock jumps."""

    @initialize()
    def begin(self) -> None:
        """Make a queue of three tasks."""
        self.folder = tempfile.TemporaryDirectory()
        self.clock, self.model = Winder(), {name: Model() for name in TASKS}
        self.queue = SqliteQueue(batches.make(Path(self.folder.name), "b") / database.NAME, self.clock)
        self.queue.add(Draft(name) for name in TASKS)

    def teardown(self) -> None:
        """Let go of the queue."""
        self.queue.close()
        self.folder.cleanup()

    def reap(self) -> None:
        """Take back in the model what ran out."""
        for one in self.model.values():
            if one.status == "claimed" and one.end <= self.clock.ticks:
                one.lost += 1
                one.status = "dead" if one.lost >= LOST else "pending"

    @rule(seconds=st.sampled_from([1.0, 5.0, 10.0]))
    def wait(self, seconds: float) -> None:
        """Let time go by."""
        self.clock.wait(seconds)

    @rule(seconds=st.sampled_from([-1e8, -60.0, 60.0, 1e8]))
    def jump(self, seconds: float) -> None:
        """Set the wall clock."""
        self.clock.wall += seconds

    @rule(lease=st.sampled_from([5.0, 10.0]))
    def claim(self, lease: float) -> None:
        """The first waiting task is given with the next token, or none."""
        self.reap()
        waiting = [name for name in TASKS if self.model[name].status == "pending"]
        found = self.queue.claim("w", lease=lease)
        assert waiting[:1] == ([found.id] if found else [])
        if found is not None:
            one = self.model[found.id]
            one.status, one.token, one.attempts = "claimed", one.token + 1, one.attempts + 1
            one.holder, one.end = one.token, self.clock.ticks + lease
            assert one.token == found.token

    def report(self, name: str, age: int, verb: str, **given: Any) -> bool:
        """Send a report with a token of some age; tell whether it was taken, which only the last holder's is."""
        one = self.model[name]
        token = one.token - age
        may = token == one.holder and one.status in ("pending", "claimed", "dead")
        try:
            getattr(self.queue, verb)(name, token, **given)
        except Refused:
            assert not may
            return False
        assert may
        return True

    @rule(name=st.sampled_from(TASKS), age=st.sampled_from([0, 0, 0, 1]))
    def heartbeat(self, name: str, age: int) -> None:
        """The last holder's claim lasts from now on."""
        if self.report(name, age, "heartbeat", lease=10.0):
            self.model[name].status, self.model[name].end = "claimed", self.clock.ticks + 10.0

    @rule(name=st.sampled_from(TASKS), age=st.sampled_from([0, 0, 0, 1]), mark=st.uuids())
    def complete(self, name: str, age: int, mark: object) -> None:
        """The last holder's task is done, once."""
        if self.report(name, age, "complete", evidence=[str(mark)]):
            self.model[name].status = "done"

    @rule(name=st.sampled_from(TASKS), age=st.sampled_from([0, 0, 0, 1]), mark=st.uuids())
    def fail(self, name: str, age: int, mark: object) -> None:
        """The last holder's task is failed, once."""
        if self.report(name, age, "fail", error=str(mark)):
            self.model[name].status = "failed"

    @rule(name=st.sampled_from(TASKS))
    def release(self, name: str) -> None:
        """What is held is given back, and its token is void."""
        one = self.model[name]
        if one.status == "claimed" and one.end > self.clock.ticks:
            self.queue.release(name, one.token)
            one.status, one.holder = "pending", None

    @rule(name=st.sampled_from(TASKS))
    def skip(self, name: str) -> None:
        """What nobody holds may be skipped by anybody; a token given out before is void then."""
        one = self.model[name]
        self.reap()
        self.queue.reap()
        if one.status == "pending" or (one.status == "dead" and one.holder is not None):
            self.queue.skip(name, None, reason="no")
            one.status, one.holder, one.token = "skipped", None, one.token + 1

    @rule(name=st.sampled_from(TASKS))
    def bury(self, name: str) -> None:
        """What is not done is given up, and its token is void."""
        one = self.model[name]
        if one.status != "done":
            self.queue.bury(name, reason="no", force=True)
            one.status, one.holder, one.token = "dead", None, one.token + 1

    @rule(name=st.sampled_from(TASKS))
    def requeue(self, name: str) -> None:
        """Whatever it was, the task waits, and all tokens are void."""
        one = self.model[name]
        self.queue.requeue(name, force=True)
        one.status, one.holder, one.attempts, one.lost, one.token = "pending", None, 0, 0, one.token + 1

    @invariant()
    def same(self) -> None:
        """The queue stands as the model does."""
        if hasattr(self, "queue"):
            self.reap()
            self.queue.reap()
            told = {name: self.queue.get(name) for name in TASKS}
            assert {name: (one.status, one.token) for name, one in self.model.items()} == {
                name: (task.status, task.token) for name, task in told.items()
            }
            assert len(TASKS) == sum(self.queue.counts().values())


QueueMachine.TestCase.settings = settings(
    max_examples=25, stateful_step_count=30, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
test_the_queue_keeps_to_its_model = pytest.mark.timeout(120)(QueueMachine.TestCase)


@pytest.mark.parametrize("width", [2, 8])
def test_a_race_has_one_winner(tmp_path: Path, width: int) -> None:
    """Of several processes that want one task at the same moment, exactly one gets it, every time."""
    assert [1] * 20 == race(tmp_path, width, rounds=20)


def test_every_item_ends_once_whatever_happens_to_workers(tmp_path: Path) -> None:
    """Through kills, freezes longer than the lease and poison, each item ends once and late reports are refused."""
    folder = fill(tmp_path, 40, poison=1, chunks=1)
    Pool(folder, 3).run(every=0.5, seconds=60)
    ends, total = account(folder)
    found = notes(folder)

    assert (40, 40, 0) == (total, sum(ends.values()), ends["lost"])
    assert {1} == set(Counter(task for task, _ in found["accepted"]).values())
    assert {"accepted", "late"} >= set(found)
    assert recording.verify(folder).is_whole


def test_the_store_can_be_left(tmp_path: Path) -> None:
    """A queue that was left is closed: nothing keeps its file open."""
    path = batches.make(tmp_path, "b") / database.NAME
    with SqliteQueue(path) as queue:
        queue.limit(queue.limits())

    assert [path] == list(path.parent.iterdir())
    assert set(STATUSES) > set(ENDED)
