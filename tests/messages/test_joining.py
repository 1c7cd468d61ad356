"""Tests of joining: all items in their order, each with the newest of what is known of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from batchpack.errors import BatchpackError
from batchpack.messages import collect, joining, retry
from batchpack.messages.job import Job
from batchpack.messages.spool import Bounds
from tests.support.offline_jobs import answered, answers, errored, make, send, settle


def join(job: Job) -> dict[str, int]:
    """Write the answers."""
    return joining.write(job, job.state())


def again(job: Job, size: int = 100) -> None:
    """Send another round of what failed."""
    numbers, kinds = retry.choose(job, job.state(), lambda _: True)
    retry.prepare(job, job.state(), Bounds(size, 10**7), numbers, kinds, retry.Change())
    send(job)


def test_answers_stand_in_the_order_of_the_items(tmp_path: Path) -> None:
    """However shards and lines came, line n is item n, with its key."""
    job = make(tmp_path / "job", 30, size=12)
    settle(job)

    assert {"answered": 30, "failed": 0, "pending": 0} == join(job)
    assert [(n, f"key-{n}", f"answer {n} in 1") for n in range(30)] == [
        (row["index"], row["key"], row["answer"]) for row in answers(job)
    ]
    assert b"" == job.failed.read_bytes()


def test_what_is_not_back_is_pending(tmp_path: Path) -> None:
    """Items of shards that are out have a line too."""
    job = make(tmp_path / "job", 30, size=12)
    settle(job, only="1-2")

    assert {"answered": 11, "failed": 0, "pending": 19} == join(job)
    assert ["pending"] * 12 + ["answered"] * 11 + ["pending"] * 7 == [row["status"] for row in answers(job)]


def test_the_newest_round_counts(tmp_path: Path) -> None:
    """An item that was asked again has its last outcome; the others keep theirs, in any number of rounds and shards."""
    job = make(tmp_path / "job", 30, size=12)
    bad = {number: errored("api_error") for number in (0, 5, 12, 13, 29)}
    settle(job, bad)
    assert {"answered": 25, "failed": 5, "pending": 0} == join(job)
    again(job, size=2)
    assert {"answered": 25, "failed": 0, "pending": 5} == join(job)
    settle(job, {5: errored("overloaded_error")})
    again(job)
    settle(job, {5: answered("at last")})

    assert {"answered": 30, "failed": 0, "pending": 0} == join(job)
    found = {row["index"]: row["answer"] for row in answers(job)}
    assert list(range(30)) == list(found)
    assert ["answer 0 in 2", "answer 1 in 1", "at last", "answer 29 in 2"] == [found[n] for n in (0, 1, 5, 29)]


def test_failed_items_have_a_file_of_their_own(tmp_path: Path) -> None:
    """failed.jsonl holds the lines of the answers that are none."""
    job = make(tmp_path / "job", 10)
    settle(job, {3: errored("invalid_request_error"), 7: answered("half", stop="max_tokens")})
    join(job)

    lines = job.answers.read_text().splitlines()
    assert [lines[3], lines[7]] == job.failed.read_text().splitlines()


def test_records_that_do_not_add_up_are_told(tmp_path: Path) -> None:
    """A records file that lost a line makes no answers: the old ones stay."""
    job = make(tmp_path / "job", 30, size=12)
    settle(job)
    join(job)
    before = job.answers.read_bytes()
    path = collect.records_path(job, "1-2")
    path.write_bytes(path.read_bytes().partition(b"\n")[2])

    with pytest.raises(BatchpackError, match="1-2"):
        join(job)
    assert before == job.answers.read_bytes()


def test_long_keys_do_not_hide_the_last_item(tmp_path: Path) -> None:
    """The items of a shard are found however long a key is."""
    job = make(tmp_path / "job", 3)
    path = job.keys("1-1")
    path.write_text(path.read_text().replace('"key-2"', '"' + "k" * 200_000 + '"'))
    settle(job)

    assert {"answered": 3, "failed": 0, "pending": 0} == join(job)
    assert 200_000 == len(answers(job)[2]["key"])
