"""Tests of collecting: whatever breaks on the way, all results end on disk once, and nothing is paid for it."""

from __future__ import annotations

import random
import resource
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from batchpack.messages import collect, patience
from tests.support.message_batches.remote import Remote
from tests.support.message_ground import MARKS, Collected, sent
from tests.support.message_jobs import warm

ALL = [f"doc-{number}" for number in range(25)]


@pytest.fixture(scope="module")
def service() -> Iterator[Remote]:
    """Start the stand-in once."""
    warm()
    with Remote() as remote:
        yield remote


@pytest.fixture(autouse=True)
def _hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let pauses between repetitions be short; commands run in forks of this process."""
    monkeypatch.setattr(patience, "FIRST_PAUSE", 0.01)


def check(ground: Collected, failed: int = 4) -> dict[str, Any]:
    """Hold a collected job to its items and to the service's books; returns what `status` says."""
    found, books = ground.facts(), ground.service.stats()
    assert ALL == [row["key"] for row in ground.answers()]
    assert (25, 25 - failed, failed, 0) == tuple(found[name] for name in ("items", "answered", "failed", "pending"))
    assert (0, 0) == (books["paid_twice"], books["accepted_twice"])
    assert {"messages", "create"} & set(books["calls"]) == {"create"}
    assert not list((ground.job.folder / "results").glob(".*"))
    return found


FAULTS: dict[str, list[dict[str, Any]]] = {
    "truncated": [{"kind": "truncate", "route": "results", "bytes": 900, "times": 2}],
    "broken line": [{"kind": "bad_line", "route": "results", "times": 2}],
    "html": [{"kind": "html", "route": "results", "status": 200, "times": 1}],
    "502 page": [{"kind": "html", "route": "results", "status": 502, "times": 3}],
    "429 with retry-after": [{"kind": "status", "route": "results", "status": 429, "retry_after": 0, "times": 4}],
    "429 without": [{"kind": "status", "route": "results", "status": 429, "times": 1}],
    "529 storm": [{"kind": "status", "route": "any", "status": 529, "retry_after": 0, "times": 9}],
    "dropped": [{"kind": "drop_before", "route": "any", "times": 2}],
    "polling fails": [{"kind": "status", "route": "retrieve", "status": 500, "times": 2}],
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_hindered_download_is_begun_again(service: Remote, tmp_path: Path, name: str) -> None:
    """Cut, broken, refused or of another kind: it is fetched again until it is whole, and nothing is sent."""
    ground = sent(tmp_path, service)
    for fault in FAULTS[name]:
        service.fault(**fault)
    ended = ground.wait()

    assert 1 == ended.code, ended.text
    assert "25 items = 21 answered + 4 failed + 0 pending" in ended.text
    check(ground)


@pytest.mark.parametrize("seed", range(6))
def test_a_kill_while_collecting_loses_nothing(service: Remote, tmp_path: Path, seed: int) -> None:
    """Killed at any act on the disk, the same command brings it to its end; drafts of the dead are gone."""
    ground, chance = sent(tmp_path, service).settled(), random.Random(seed)
    for _ in range(4):
        ended = ground.do("results", kill_at=chance.randint(1, 30), tear=chance.random() < 0.4)
        assert ended.code in (1, -signal.SIGKILL), ended.text
    assert 1 == ground.do("results").code
    check(ground)


def test_a_results_file_that_somebody_edited_is_fetched_again(service: Remote, tmp_path: Path) -> None:
    """The journal knows its hash; the edit is told, and the answers are those of the service."""
    ground = sent(tmp_path, service)
    ground.wait()
    before = ground.job.answers.read_bytes()
    raw = ground.job.results("1-2")
    raw.write_text(raw.read_text().replace("ok y", "no n"))
    ended = ground.do("results")

    assert "1-2.jsonl is not as it was collected; fetching it again" in ended.text
    assert before == ground.job.answers.read_bytes()
    check(ground)


def test_edited_records_are_made_again_without_the_service(service: Remote, tmp_path: Path) -> None:
    """Raw results that are whole suffice; no key is needed then."""
    ground = sent(tmp_path, service)
    ground.wait()
    before = ground.job.answers.read_bytes()
    collect.records_path(ground.job, "1-2").write_text("nonsense\n")
    ground.key = ""
    ended = ground.do("results")

    assert "making it anew" in ended.text
    assert before == ground.job.answers.read_bytes()


def test_results_that_expired_are_told_as_lost(service: Remote, tmp_path: Path) -> None:
    """After day 29 the service keeps nothing: the items are lost, which is said, and counts still add up."""
    ground = sent(tmp_path, service).settled()
    service.advance(30 * 86_400)
    ended = ground.wait()
    found = ground.facts()

    assert 1 == ended.code
    assert {"lost": 25} == found["kinds"]
    assert (25, 0, 25, 0) == tuple(found[name] for name in ("items", "answered", "failed", "pending"))
    assert "keeps its result no more" in ground.job.failed.read_text()
    assert 2 == ground.do("retry", "--retry-paid").code


def test_an_edited_file_that_cannot_be_fetched_again_is_told(service: Remote, tmp_path: Path) -> None:
    """When the service keeps it no more the file is left as it is, and the answers as they were."""
    ground = sent(tmp_path, service)
    ground.wait()
    before = ground.job.answers.read_bytes()
    ground.job.results("1-1").write_text("edited\n")
    service.advance(30 * 86_400)
    ended = ground.do("results")

    assert 1 == ended.code
    assert "was changed after it was collected" in ended.text
    assert ("edited\n", before) == (ground.job.results("1-1").read_text(), ground.job.answers.read_bytes())


def test_a_full_disk_loses_nothing(service: Remote, tmp_path: Path) -> None:
    """The error says so; with room the same command goes on, and what is whole is not fetched again."""
    ground = sent(tmp_path, service, answer_length=2000).settled()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (12_000, hard))
    try:
        ended = ground.do("results")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    assert 1 == ended.code
    assert "cannot write" in ended.text
    assert 1 == ground.do("results").code
    check(ground)


def test_a_service_that_never_gives_all_is_told(service: Remote, tmp_path: Path) -> None:
    """After some tries the command ends with what to do; what came by then is nothing, and the next one has it all."""
    ground = sent(tmp_path, service).settled()
    service.fault("bad_line", "results", times=collect.TRIES)
    ended = ground.do("results")

    assert 1 == ended.code
    assert "did not come whole, however often they were asked for" in ended.text
    assert not ground.job.results("1-1").exists()
    assert 1 == ground.do("results").code
    check(ground)
    assert set(MARKS) == {row["index"] for row in ground.answers() if row["status"] == "failed"}
