"""Tests of what is told of a job: its stage in a word, lines and facts that agree."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from batchpack.messages import costs, facts
from batchpack.messages.job import Job
from batchpack.messages.standing import standing
from batchpack.prices import shipped
from tests.support.offline_jobs import errored, make, settle


def told(job: Job) -> tuple[str, str]:
    """Return the stage and the last line that a person sees."""
    state = job.state()
    bill = costs.bill(standing(job, state).usage, shipped())
    now = datetime.now(UTC)
    lines = list(facts.lines(job, state, bill, now))
    assert lines[0] == f"Job {job.id}: {facts.to_json(job, state, bill, now)['stage']}"
    return lines[0].partition(": ")[2], lines[-1].rpartition("\n")[2].strip()


def test_each_stage_has_a_word_and_a_way_on(tmp_path: Path) -> None:
    """Whoever looks learns where it stands and what to type next."""
    job = make(tmp_path / "job", 10, size=5)
    seen = [told(job)]
    job.record("ended", batch="b-1-1", counts={}, ended_at=None)
    job.record("ended", batch="b-1-2", counts={}, ended_at=None)
    job.record("ended", batch="b-1-3", counts={}, ended_at=None)
    seen.append(told(job))
    settle(job, {2: errored("overloaded_error")})
    seen.append(told(job))
    job.record("paused", reason="no credit", hint="add some")
    seen.append(told(job))

    assert [
        ("in progress", "batchpack messages wait job"),
        ("ended", "batchpack messages wait job"),
        ("done with failures", "batchpack messages results job"),
        ("paused", "Next: add some"),
    ] == seen


def test_nothing_late_is_no_warning(tmp_path: Path) -> None:
    """A young job is not warned of."""
    job = make(tmp_path / "job", 3)

    assert [] == list(facts.warnings(job, job.state()))


def test_what_may_have_been_paid_unseen_is_told(tmp_path: Path) -> None:
    """Sendings without an answer stand in the text and in the facts alike."""
    job = make(tmp_path / "job", 3)
    job.record("direct_intent", round=1, shard=1, index=0)
    state, now = job.state(), datetime.now(UTC)
    bill = costs.bill(standing(job, state).usage, shipped())

    assert "  unknown: 1 sending may have been paid without an answer" in facts.lines(job, state, bill, now)
    assert 1 == facts.to_json(job, state, bill, now)["unknown"]
