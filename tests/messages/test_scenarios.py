"""Whatever goes wrong between us and the service, each item is paid exactly once and none is lost."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from batchpack import projects
from batchpack.files import keep_from_git
from tests.messages.scenarios import SCENARIOS
from tests.support.message_batches.remote import Remote
from tests.support.message_jobs import Ground, Scenario, finish, play, run, settled, start, warm


@pytest.fixture(scope="module")
def service() -> Iterator[Remote]:
    """Start the stand-in once."""
    warm()
    with Remote() as remote:
        yield remote


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda one: one.name)
def test_each_item_is_paid_once(scenario: Scenario, service: Remote, tmp_path: Path) -> None:
    """By the service's own books no request was accepted or paid twice, and all were paid."""
    played = play(scenario, tmp_path, service, seed=1, fetch=False)

    assert 0 == played.books["paid_twice"]


@pytest.mark.parametrize(("act", "tear"), [(40, False), (48, False), (15, True), (19, True)])
def test_a_batch_that_was_made_and_not_noted(act: int, tear: bool, service: Remote, tmp_path: Path) -> None:
    """Killed after the service accepted and before the journal knows, the job finds its batch and sends no other."""
    service.reset()
    service.options(duration=0.15, list_lag=0.0, queue_limit=0)
    ground = Ground(tmp_path / "project", service)
    keep_from_git(ground.folder / ".batchpack")  # so that acts are counted from the job's first
    projects.remember(ground.folder)

    killed = run(ground, ground.submit, kill_at=act, tear=tear)
    made, noted = service.stats()["batches"], sum(shard.batch is not None for shard in ground.job.state().shards())
    while not settled(ground):
        assert 0 == run(ground, ground.resume).code

    assert -9 == killed.code
    assert made == noted + 1
    assert 0 == finish(ground)["paid_twice"]


def test_two_processes_on_one_job(service: Remote, tmp_path: Path) -> None:
    """While one process works on a job, another is told so at once and sends nothing."""
    service.reset()
    service.options(duration=1.5)
    ground = Ground(tmp_path / "project", service)
    first = start(ground, ground.submit)
    while not (ground.folder / ".batchpack/messages/reviews/job.json").exists():
        time.sleep(0.01)
    second = run(ground, ground.resume)

    assert 1 == second.code
    assert "in use by another batchpack process" in second.text
    assert 0 == first.wait().code
    assert 0 == finish(ground)["paid_twice"]


def test_the_same_command_at_once(service: Remote, tmp_path: Path) -> None:
    """Of two submissions of the same items at the same moment one becomes a job, and the other is refused."""
    service.reset()
    service.options(duration=0.15)
    ground = Ground(tmp_path / "project", service)
    words = [word for word in ground.submit if word not in ("--name", "reviews")]
    started = [start(ground, words) for _ in range(3)]
    codes = sorted(one.wait().code for one in started)

    assert 0 == codes[0]
    assert ground.count == service.stats()["accepted"]
