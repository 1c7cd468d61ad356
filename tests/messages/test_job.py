"""Jobs on disk: what is settled, and how a word leads to one."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest

from batchpack.errors import BatchpackError, BrokenFile, Busy, UsageError
from batchpack.messages import job as jobs
from batchpack.messages.job import Facts, Job

FACTS = Facts(
    job="20260102T030405-a1b2", created="2026-01-02T03:04:05.000Z", provider="anthropic", account="0123456789ab",
    base_url="http://127.0.0.1:9", nonce="abcd1234", items={"sha256": "i"}, template={"sha256": "t"},
    params={"model": "m"}, schema_source=None, shard_size=10,
)  # fmt: skip


def made(project: Path, name: str) -> Job:
    """Write a job."""
    return jobs.write(project / jobs.ROOT / name, dataclasses.replace(FACTS, job=name), [])


def test_facts_come_back(tmp_path: Path) -> None:
    """What was settled is read as it was written, and the journal begins with it."""
    job = made(tmp_path, FACTS.job)

    assert FACTS == Job(job.folder).facts
    assert ["began", "submitted_round"] == [event["event"] for event in job.state().events]
    assert "abcd1234-r2-s3-4" == job.custom_id(2, 3, 4)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"job": 1}'])
def test_broken_facts(tmp_path: Path, text: str) -> None:
    """A job.json that does not say what it must is told by name."""
    job = made(tmp_path, "reviews")
    (job.folder / "job.json").write_text(text)

    with pytest.raises(BrokenFile, match=r"job\.json"):
        assert Job(job.folder).facts


def test_words_that_lead_to_a_job(tmp_path: Path) -> None:
    """The name, its start, its last four digits, and latest; a folder without facts is none."""
    first, second = made(tmp_path, "20260102T030405-a1b2"), made(tmp_path, "reviews")
    (tmp_path / jobs.ROOT / "begun").mkdir()

    assert [first.folder] * 3 == [jobs.find(word, tmp_path).folder for word in (first.id, "20260102", "a1b2")]
    assert second.folder == jobs.find("latest", tmp_path).folder
    assert [first.id, "reviews"] == [job.id for job in jobs.of_project(tmp_path)]


@pytest.mark.parametrize("word", ["begun", "x", "", "../reviews"])
def test_words_that_lead_nowhere(tmp_path: Path, word: str) -> None:
    """An unknown word is told with where to look."""
    made(tmp_path, "reviews")

    with pytest.raises(BatchpackError, match="there is no job") as caught:
        jobs.find(word, tmp_path)
    assert "messages list" in caught.value.hint


def test_a_word_for_several(tmp_path: Path) -> None:
    """A start that several share is refused with their names."""
    for name in ("reviews-1", "reviews-2"):
        made(tmp_path, name)

    with pytest.raises(BatchpackError, match="means 2 jobs: reviews-1, reviews-2"):
        jobs.find("rev", tmp_path)


@pytest.mark.parametrize("name", ["", "../x", "a/b", ".hidden", "latest", "x.lock", "a..b", "ä"])
def test_names_that_could_lead_elsewhere(name: str) -> None:
    """A name becomes a folder's, so it is checked before."""
    with pytest.raises(UsageError):
        jobs.check_name(name)


def test_new_names_are_names() -> None:
    """The name of a job that was given none is one, and no other's."""
    assert 2 <= len({jobs.check_name(jobs.new_id()) for _ in range(5)})


def test_one_process_at_a_time(tmp_path: Path) -> None:
    """A job that is held is told as busy at once."""
    job = made(tmp_path, "reviews")

    with job.locked(), pytest.raises(Busy, match="job reviews is in use"), job.locked():
        raise AssertionError("held twice")


def test_identity() -> None:
    """Two jobs are the same when items, template, parameters and mode are; not when anything of it differs."""
    same = dataclasses.replace(FACTS, nonce="other", created="later", shard_size=3)
    others: list[dict[str, Any]] = [
        {"items": {"sha256": "j"}},
        {"template": {"sha256": "u"}},
        {"params": {}},
        {"mode": "stream"},
    ]

    assert FACTS.identity == same.identity
    assert 5 == len({FACTS.identity, *(dataclasses.replace(FACTS, **other).identity for other in others)})


def test_a_state_that_cannot_be(tmp_path: Path) -> None:
    """A journal that speaks of shards that there are not is broken, not a crash."""
    job = made(tmp_path, "reviews")
    job.record("created", round=1, shard=7, batch="b", how="direct")

    with pytest.raises(BrokenFile):
        job.state()
    assert "created" in json.loads(job.journal.read_text().splitlines()[-1])["event"]
