"""Direct mode: one result an item, finished items are never paid again, what may have been paid twice is counted."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from batchpack import manager
from batchpack.messages import direct, spool
from batchpack.messages.asking import Paused
from batchpack.messages.doubts import doubtful
from batchpack.messages.job import Facts, Job, write
from batchpack.messages.spool import Bounds, Request, Spool
from batchpack.provider import Client
from tests.support.message_batches import Service


@pytest.fixture
def service() -> Iterator[Service]:
    """The stand-in."""
    with Service() as found:
        yield found


@pytest.fixture
def client(service: Service, monkeypatch: pytest.MonkeyPatch) -> Client:
    """A connection to the stand-in by the real SDK."""
    monkeypatch.setenv("ANTHROPIC_API_KEY", "k")
    connected: Client = manager.load().providers["anthropic"].connect(service.url)
    return connected


def make(folder: Path, texts: list[str], bounds: int = 1000) -> Job:
    """Make a job of one round with a request for each text."""
    rows = Spool(folder / "spool", "abc", 1, Bounds(bounds, 10_000_000))
    for number, text in enumerate(texts):
        params = {"model": "claude-haiku-5-5", "max_tokens": 99, "messages": [{"role": "user", "content": text}]}
        rows.add(Request(number, json.dumps(f"key-{number}"), json.dumps(params).encode()))
    shards = rows.close()
    items = {"kind": "jsonl", "source": "x", "sha256": "0", "count": len(texts), "key": None}
    facts = Facts(
        folder.name, "2026-11-21T00:00:00Z", "anthropic", "0", "http://x", "abc", items, {"path": "t", "sha256": "0"},
        {}, None, bounds, "stream",
    )  # fmt: skip
    job = write(folder, facts)
    job.record("submitted_round", round=1, shards=shards)
    return job


def texts(count: int) -> list[str]:
    """Make texts that all differ."""
    return [f"text number {number}" for number in range(count)]


def records(job: Job) -> list[dict[str, Any]]:
    """Return the records of all shards."""
    paths = sorted((job.folder / "results").glob("*.records.jsonl"))
    return [json.loads(line) for path in paths for line in path.read_text().splitlines()]


def test_every_item_is_answered_once(tmp_path: Path, client: Client, service: Service) -> None:
    """40 items in shards, eight at a time: 40 answers in order, 40 paid, none twice, all collected."""
    job = make(tmp_path / "job", texts(40), bounds=25)
    assert None is direct.run(job, client, most=8)
    assert [("answered", f"key-{number}") for number in range(40)] == [(r["status"], r["key"]) for r in records(job)]
    stats = service.stats()
    assert (40, 0) == (stats["paid"], stats["paid_twice"])
    assert all(shard.collected for shard in job.state().shards())
    assert 0 == doubtful(job.state().events)


def test_a_run_that_was_cut_off_goes_on(tmp_path: Path, client: Client, service: Service) -> None:
    """With 7 of 20 results on disk and one request in flight, 13 are sent; the one in flight is counted as unknown."""
    job = make(tmp_path / "job", texts(20))
    (first,) = direct.opened(job)
    for slot, request in zip(range(7), spool.requests(job, first.shard), strict=False):
        job.record("direct_intent", round=1, shard=1, index=slot)
        first.part.add(slot, {"type": "succeeded", "message": client.message(json.loads(request.params))})
    job.record("direct_intent", round=1, shard=1, index=7)
    direct.run(job, client, most=4)
    stats = service.stats()
    assert (20, 0) == (stats["paid"], stats["paid_twice"])
    assert 20 == len(records(job))
    assert 1 == doubtful(job.state().events)


def test_a_run_killed_before_its_last_step_is_closed_by_the_next(tmp_path: Path, client: Client) -> None:
    """All results on disk, but killed before they were taken in: the next run takes them in, also over an early end."""
    job = make(tmp_path / "job", texts(3))
    (first,) = direct.opened(job)
    direct.finish(job, [first])
    for slot, request in enumerate(spool.requests(job, first.shard)):
        first.part.add(slot, {"type": "succeeded", "message": client.message(json.loads(request.params))})
    direct.run(job, client, most=2)
    assert ["answered"] * 3 == [record["status"] for record in records(job)]
    assert [] == direct.opened(job)


def test_a_finished_run_sends_nothing(tmp_path: Path, client: Client, service: Service) -> None:
    """Running again after the end asks for nothing."""
    job = make(tmp_path / "job", texts(5))
    direct.run(job, client, most=4)
    calls = service.stats()["calls"]
    direct.run(job, client, most=4)
    assert calls == service.stats()["calls"]


def test_a_pause_keeps_what_is_there(tmp_path: Path, client: Client, service: Service) -> None:
    """When credit ends in the middle, answers stay, the rest comes back as canceled and free, with the reason."""
    job = make(tmp_path / "job", texts(30))
    service.fault("delay", "messages", seconds=0, times=10)
    service.fault("status", "messages", status=400, message="Your credit balance is too low", times=999)
    found = direct.run(job, client, most=2)
    assert isinstance(found, Paused)
    assert "credit" == found.kind
    kinds = [record.get("kind", "answered") for record in records(job)]
    assert 30 == len(kinds)
    assert {"answered", "canceled"} == set(kinds)
    assert kinds.count("answered") == service.stats()["paid"]
    assert {"free"} == {record["retry"] for record in records(job) if record["status"] == "failed"}
    assert job.state().paused is not None
    service.faults.clear()
    assert None is direct.run(job, client, most=8)
    assert {"answered"} == {record["status"] for record in records(job)}
    assert (30, 0) == (service.stats()["paid"], service.stats()["paid_twice"])


def test_failures_are_told_apart(tmp_path: Path, client: Client, service: Service) -> None:
    """A refusal by the model is paid, a wrong request is not; both keep their items and the others go on."""
    job = make(tmp_path / "job", ["[[fake:refusal]] a", "b", "[[fake:max_tokens]] c"])
    direct.run(job, client, most=2)
    assert [("refusal", True), ("answered", None), ("max_tokens", True)] == [
        (record.get("kind", "answered"), record.get("paid")) for record in records(job)
    ]


def test_lost_answers_are_counted(tmp_path: Path, client: Client, service: Service) -> None:
    """Two answers lost on the way are paid twice, and the count says so exactly."""
    service.fault("drop_after", "messages", times=2)
    job = make(tmp_path / "job", texts(10))
    direct.run(job, client, most=1)
    assert (2, 2) == (service.stats()["paid_twice"], doubtful(job.state().events))


def test_a_storm_is_ridden_out(tmp_path: Path, client: Client, service: Service) -> None:
    """429 and 529 in turn, with and without Retry-After, cost time only: all are answered, none is paid twice."""
    for number in range(6):
        more = {"retry_after": 0.05} if number % 3 else {}
        service.fault("delay", "messages", seconds=0, times=3)
        service.fault("status", "messages", status=(429, 529)[number % 2], times=2, **(more or {"retry_after": 0.01}))
    job = make(tmp_path / "job", texts(40))
    assert None is direct.run(job, client, most=6)
    assert (40, 0) == (service.stats()["paid"], service.stats()["paid_twice"])
    assert 0 == doubtful(job.state().events)


def test_progress_is_true(tmp_path: Path, client: Client) -> None:
    """What is shown never goes back, never exceeds the total, and has no time left before something is finished."""
    seen: list[tuple[int, int]] = []
    left: list[float | None] = []

    def watch(progress: direct.Progress) -> None:
        seen.append((progress.done, progress.total))
        left.append(progress.seconds_left())

    direct.run(make(tmp_path / "job", texts(20)), client, most=2, watch=watch)
    assert sorted(seen) == seen
    assert (20, 20) == seen[-1]
    assert all((number is None) == (done == 0) for (done, _), number in zip(seen, left, strict=True))
