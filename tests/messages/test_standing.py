"""Tests of a job's numbers: they add up at any moment, over all rounds; and dates are told in time."""

from __future__ import annotations

from array import array
from datetime import UTC, datetime, timedelta
from pathlib import Path

from batchpack.messages import retry
from batchpack.messages.job import Job
from batchpack.messages.spool import Bounds
from batchpack.messages.standing import Standing, age, collected, expiry, kept_until, soon_lost, standing
from tests.support.offline_jobs import answered, errored, make, send, settle

FAILED = {3: errored("overloaded_error"), 4: {"type": "expired"}, 8: answered("half", stop="max_tokens")}


def stand(job: Job) -> Standing:
    """Return a job's numbers after checking that they add up."""
    found = standing(job, job.state())
    assert found.items == found.answered + found.failed + found.pending
    assert found.failed == found.kinds.total()
    return found


def again(job: Job) -> None:
    """Prepare another round of what is free."""
    numbers, kinds = retry.choose(job, job.state(), retry.free)
    retry.prepare(job, job.state(), Bounds(100, 10**7), numbers, kinds, retry.Change())


def test_numbers_add_up_over_rounds(tmp_path: Path) -> None:
    """Items move from pending to answered or failed, and back to pending while they are asked again."""
    job = make(tmp_path / "job", 20, size=12)
    seen = [stand(job)]
    settle(job, FAILED, only="1-1")
    seen.append(stand(job))
    settle(job, FAILED)
    seen.append(stand(job))
    again(job)
    seen.append(stand(job))
    send(job)
    settle(job, {3: errored("overloaded_error")})
    seen.append(stand(job))

    assert [(0, 0, 20), (9, 3, 8), (17, 3, 0), (17, 1, 2), (18, 2, 0)] == [
        (one.answered, one.failed, one.pending) for one in seen
    ]
    assert {"max_tokens": 1, "overloaded": 1} == seen[-1].kinds
    assert (0, 2) == (seen[0].asked, seen[-1].asked)


def test_what_was_paid_is_counted_over_all_rounds(tmp_path: Path) -> None:
    """Usage of answers that were no good is in the sums as well."""
    job = make(tmp_path / "job", 20)
    settle(job, FAILED)

    assert 18 == sum(row["requests"] for row in stand(job).usage)


def test_a_second_collection_replaces_the_first(tmp_path: Path) -> None:
    """A shard that is collected again is not counted twice."""
    job = make(tmp_path / "job", 5)
    settle(job)
    event = {name: value for name, value in collected(job.state())[1, 1].items() if name not in ("at", "event")}
    job.record("collected", **event)

    assert 5 == stand(job).answered


def test_dates_are_told_from_the_journal(tmp_path: Path) -> None:
    """A batch has a day, its results 29; from day 25 on what is not collected is named."""
    job = make(tmp_path / "job", 20, size=12)
    settle(job, only="1-1")
    shards = list(job.state().shards())
    sent = datetime.fromisoformat(shards[1].created)

    assert sent + timedelta(hours=24) == expiry(shards[1])
    assert sent + timedelta(days=29) == kept_until(shards[1], 29)
    assert timedelta(days=24) == age(shards[1], sent + timedelta(days=24))
    assert [] == soon_lost(shards, sent + timedelta(days=24))
    assert [shards[1]] == soon_lost(shards, sent + timedelta(days=25))
    assert datetime.now(UTC) - sent < timedelta(minutes=5)
    assert array("Q") == retry.choose(job, job.state(), retry.free)[0]
