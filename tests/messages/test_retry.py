"""Tests of retries: what is asked again, how it is changed, and what never is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from batchpack.errors import BatchpackError, UsageError
from batchpack.messages import spool
from batchpack.messages.job import Job
from batchpack.messages.retry import Change, begin, free, uncanceled, wanted
from batchpack.provider import Limits
from tests.support.offline_jobs import answered, errored, make, send, settle

LIMITS = Limits(requests=100_000, bytes=10**7, queued=10**6, results_days=29)
BAD = {
    2: errored("overloaded_error"), 3: {"type": "canceled"}, 5: answered("half", stop="max_tokens"),
    7: errored("invalid_request_error"), 8: errored("authentication_error"), 9: {"type": "expired"},
}  # fmt: skip


def job_with(folder: Path, count: int = 12) -> Job:
    """Make a job whose items failed in all ways."""
    job = make(folder / "job", count, size=5)
    settle(job, BAD)
    return job


def last_round(job: Job) -> dict[int, dict[str, object]]:
    """Return the parameters of the last round by item."""
    state = job.state()
    shards = state.rounds[max(state.rounds)]
    return {one.number: json.loads(one.params) for shard in shards for one in spool.requests(job, shard)}


def test_only_what_was_free_is_asked_again_by_itself(tmp_path: Path) -> None:
    """Expired and overloaded; canceled ones only by word, paid, wrong and locked-out ones not."""
    job = job_with(tmp_path)

    assert {"overloaded": 1, "expired": 1} == begin(job, LIMITS, uncanceled, Change(), 3)
    assert [2, 9] == list(last_round(job))
    assert "text 9" == last_round(job)[9]["messages"][0]["content"]  # type: ignore[index]


def test_a_word_brings_back_what_was_canceled_or_locked_out(tmp_path: Path) -> None:
    """`retry` covers what a person has seen to."""
    job = job_with(tmp_path)

    assert {"overloaded": 1, "canceled": 1, "authentication": 1, "expired": 1} == begin(
        job, LIMITS, wanted(Change(), (), paid=False), Change(), 3
    )


def test_a_paid_answer_is_asked_again_changed(tmp_path: Path) -> None:
    """The change goes into the request and into the journal."""
    job, change = job_with(tmp_path), Change(max_tokens=99, append="Be brief.")

    assert {"max_tokens": 1} == begin(job, LIMITS, wanted(change, (), paid=True), change, 3)
    assert 99 == last_round(job)[5]["max_tokens"]
    assert "text 5\n\nBe brief." == last_round(job)[5]["messages"][0]["content"]  # type: ignore[index]
    event = next(e for e in reversed(job.state().events) if e["event"] == "submitted_round")
    assert ({"max_tokens": 99, "append": "Be brief."}, {"max_tokens": 1}) == (event["change"], event["retries"])


@pytest.mark.parametrize(
    ("change", "kinds", "paid", "words"),
    [
        (Change(max_tokens=9), (), False, "add --retry-paid"),
        (Change(), (), True, "answered, and paid, the same way"),
        (Change(), ("invalid_request",), False, "refuses these requests"),
        (Change(max_tokens=9), ("not_found",), True, "refuses these requests"),
    ],
)
def test_what_makes_no_sense_is_refused(change: Change, kinds: tuple[str, ...], paid: bool, words: str) -> None:
    """Nothing is paid for twice unchanged, and what the service refuses is never sent again."""
    with pytest.raises(UsageError) as caught:
        wanted(change, kinds, paid=paid)

    assert words in f"{caught.value.message} {caught.value.hint}"


def test_rounds_are_bounded(tmp_path: Path) -> None:
    """After so many rounds nothing is asked again unless a person says so."""
    job = make(tmp_path / "job", 3)
    settle(job, {1: {"type": "expired"}})
    for _ in range(2):
        begin(job, LIMITS, free, Change(), 2)
        send(job)
        settle(job, {1: {"type": "expired"}})
    with pytest.raises(BatchpackError, match="2 rounds"):
        begin(job, LIMITS, free, Change(), 2)

    assert {"expired": 1} == begin(job, LIMITS, free, Change(), 3)


def test_nothing_is_asked_again_while_shards_are_out(tmp_path: Path) -> None:
    """What has not come back may have been answered."""
    job = make(tmp_path / "job", 12, size=5)
    settle(job, BAD, only="1-1")

    with pytest.raises(BatchpackError, match="not all back"):
        begin(job, LIMITS, free, Change(), 3)
    assert 1 == max(job.state().rounds)


def test_a_round_that_was_cut_off_is_written_again(tmp_path: Path) -> None:
    """Files without their event were never sent: the next try has the same number and other sizes than all others."""
    job = job_with(tmp_path)
    (job.folder / "spool" / "2-1.json").write_text("torn")
    begin(job, LIMITS, free, Change(), 3)
    state = job.state()

    assert [1, 2] == sorted(state.rounds)
    sizes = [shard.requests for shard in state.shards()]
    assert 12 + 3 == sum(sizes)
    spool.verify(job, state.shard(2, 1))
