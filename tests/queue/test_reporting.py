"""Reports: taken once from whoever claimed last, repeated without harm, refused from all others."""

from __future__ import annotations

import pytest

from batchpack.errors import UsageError
from batchpack.queue.rows import Refused, StaleClaim, UnknownTask
from batchpack.queue.store import SqliteQueue
from batchpack.queue.values import Limits
from tests.support.queues import Winder


@pytest.fixture
def token(queue: SqliteQueue) -> int:
    """The token of a claim of a by w1 for ten seconds."""
    found = queue.claim("w1", task="a", lease=10)
    assert found is not None
    return found.token


def test_done_holds_result_and_evidence(queue: SqliteQueue, token: int, clock: Winder) -> None:
    """A task that is done says by whom, when, with what result and what shows it."""
    queue.complete("a", token, evidence=["tests pass"], result={"kept": 3})
    found = queue.get("a")

    assert ("done", "w1", clock.wall, {"kept": 3}, ("tests pass",), None) == (
        found.status, found.assignee, found.completed_at, found.result, found.evidence, found.lease_until,
    )  # fmt: skip


def test_the_same_report_again_changes_nothing(queue: SqliteQueue, token: int) -> None:
    """Who does not know whether a report arrived sends it again; another report is refused."""
    first = queue.complete("a", token, evidence=["x"], result={"b": 1, "a": 2})

    assert first == queue.complete("a", token, evidence=["x"], result={"a": 2, "b": 1})
    with pytest.raises(Refused, match="a is done already with another report"):
        queue.complete("a", token, evidence=["y"])
    with pytest.raises(Refused, match="a is done already"):
        queue.fail("a", token, error="x")
    assert first == queue.get("a")


@pytest.mark.parametrize("evidence", [[], [" "]])
def test_done_without_evidence_is_refused(queue: SqliteQueue, token: int, evidence: list[str]) -> None:
    """Nothing is done because somebody says so."""
    with pytest.raises(UsageError, match="without evidence"):
        queue.complete("a", token, evidence=evidence)

    assert "claimed" == queue.get("a").status


def test_a_late_holder_may_still_report_while_nobody_took_over(queue: SqliteQueue, token: int, clock: Winder) -> None:
    """A lease that ran out costs nothing as long as the task waits for nobody else's report."""
    clock.wait(100)
    queue.reap()

    assert ("pending", "done") == (queue.get("a").status, queue.complete("a", token, evidence=["x"]).status)
    assert "w1" == queue.get("a").assignee


def test_a_late_holder_may_even_wake_the_dead(queue: SqliteQueue, clock: Winder) -> None:
    """A task given up for lost workers takes the report of the last of them; one that was buried by hand does not."""
    queue.limit(Limits(lost_leases=1))
    for task in ("a", "b"):
        queue.claim("w1", task=task, lease=10)
    clock.wait(10)
    queue.reap()
    queue.bury("b", reason="no use")

    assert ["claimed", "done"] == [queue.heartbeat("a", 1).status, queue.complete("a", 1, evidence=["x"]).status]
    with pytest.raises(StaleClaim):
        queue.complete("b", 1, evidence=["x"])
    with pytest.raises(Refused, match="b is dead already"):
        queue.complete("b", 2, evidence=["x"])


def test_a_late_heartbeat_takes_the_task_up_again(queue: SqliteQueue, token: int, clock: Winder) -> None:
    """A worker that was slow, not dead, goes on with its task if nobody has it by then."""
    clock.wait(100)
    queue.reap()
    found = queue.heartbeat("a", token, lease=10)

    assert ("claimed", "w1", token, clock.wall + 10) == (found.status, found.assignee, found.token, found.lease_until)


def test_a_task_that_fails_is_tried_again_until_its_attempts_are_used_up(queue: SqliteQueue) -> None:
    """With `again` a task goes back until the last attempt, which ends it."""
    queue.limit(Limits(attempts=2))
    ends = []
    for _ in range(2):
        found = queue.claim("w1", task="a")
        assert found is not None
        ends.append(queue.fail("a", found.token, error="broken", again=True).status)

    assert (["pending", "failed"], "broken") == (ends, queue.get("a").error)


@pytest.mark.parametrize("verb", ["release", "fail"])
def test_giving_back_twice_is_giving_back_once(queue: SqliteQueue, token: int, verb: str) -> None:
    """Giving back may be repeated; after it the claim is over, whatever else its worker reports."""

    def give_back() -> object:
        return queue.release("a", token) if verb == "release" else queue.fail("a", token, error="x", again=True)

    assert give_back() == give_back()
    with pytest.raises(Refused, match="was given back"):
        queue.complete("a", token, evidence=["x"])
    with pytest.raises(Refused, match="was given back"):
        queue.heartbeat("a", token)
    assert "pending" == queue.get("a").status


def test_skipping_needs_the_claim_of_a_held_task(queue: SqliteQueue, token: int) -> None:
    """Anybody may skip what nobody holds; what is held is skipped by its holder."""
    with pytest.raises(Refused, match="a is held by w1"):
        queue.skip("a", None, reason="no")

    assert ["skipped", "skipped"] == [
        queue.skip("a", token, reason="no").status,
        queue.skip("b", None, reason="again").status,
    ]


def test_notes_are_appended_and_kept(queue: SqliteQueue, token: int) -> None:
    """Notes stand one after another in the order of their coming, also in a task that is done."""
    queue.append("a", "one")
    queue.append("a", "two", token=token)
    queue.complete("a", token, evidence=["x"])
    queue.append("a", "three")

    assert "one\ntwo\nthree" == queue.get("a").body


def test_texts_of_any_letters_are_held(queue: SqliteQueue, token: int) -> None:
    """Half letters and control characters are kept as escapes or as they are; nothing breaks."""
    queue.fail("a", token, error="\udcff \x00 ☃")

    assert "\\udcff \x00 ☃" == queue.get("a").error


@pytest.mark.parametrize("result", [float("nan"), {"x": object()}, "x" * 10_000_001])
def test_a_result_that_cannot_be_held_is_refused(queue: SqliteQueue, token: int, result: object) -> None:
    """What is no JSON, or more than 10 MB of it, is refused and the task stays held."""
    with pytest.raises(UsageError, match="the result"):
        queue.complete("a", token, evidence=["x"], result=result)

    assert "claimed" == queue.get("a").status


def test_an_unknown_task_is_told(queue: SqliteQueue) -> None:
    """A report about a task that is not there says so."""
    with pytest.raises(UnknownTask, match="there is no task 'zzz'"):
        queue.complete("zzz", 1, evidence=["x"])


def test_a_token_that_was_never_given_is_refused(queue: SqliteQueue) -> None:
    """A report about a task that nobody claimed is refused, even with the number that it begins with."""
    with pytest.raises(StaleClaim, match="no claim of b had token 0: it waits"):
        queue.complete("b", 0, evidence=["x"])


def test_why_is_always_said(queue: SqliteQueue, token: int) -> None:
    """A task that fails or is left out without a reason helps nobody."""
    with pytest.raises(UsageError, match="the error is empty"):
        queue.fail("a", token, error=" ")
    with pytest.raises(UsageError, match="the reason is empty"):
        queue.skip("a", token, reason="")
    assert "claimed" == queue.get("a").status
