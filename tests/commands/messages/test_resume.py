"""`batchpack messages resume`: only with the key, the address and the files that the job was begun with."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.message_batches.remote import Remote
from tests.support.message_jobs import Ground, run, start, warm


@pytest.fixture(scope="module")
def service() -> Iterator[Remote]:
    """Start the stand-in once."""
    warm()
    with Remote(duration=0.1) as remote:
        yield remote


@pytest.fixture
def ground(service: Remote, tmp_path: Path) -> Ground:
    """Make a job that was stopped before anything was sent."""
    service.reset()
    service.options(duration=0.1, keys={})
    ground = Ground(tmp_path / "project", service, count=5)
    service.fault("status", status=403)
    assert 1 == run(ground, ground.submit).code
    return ground


def test_it_goes_on(ground: Ground) -> None:
    """What is not sent is sent; a second time there is nothing to do."""
    codes = [run(ground, ground.resume).code for _ in range(2)]

    assert ([0, 0], 5) == (codes, ground.service.stats()["accepted"])


def test_another_key(ground: Ground) -> None:
    """A key of another workspace would not see what was sent: refused, unless it is said to be of the same."""
    ground.key = "another-key"
    ended = run(ground, ground.resume)

    assert (1, True) == (ended.code, "begun with another key" in ended.text), ended.text
    assert 0 == ground.service.stats()["accepted"]
    assert 0 == run(ground, [*ground.resume, "--same-workspace"]).code


def test_another_address(ground: Ground) -> None:
    """Another address is another service."""
    with Remote() as other:
        ground.service = other
        ended = run(ground, ground.resume)

        assert (1, True) == (ended.code, "the address is" in ended.text), ended.text
        assert 0 == other.stats()["accepted"]


@pytest.mark.parametrize("name", ["items.jsonl", "review.j2"])
def test_a_changed_file(ground: Ground, name: str) -> None:
    """What changed is named; the requests as they were written can go on."""
    path = ground.folder / name
    path.write_text(path.read_text() + '{"id": "more", "text": "more"}\n')
    ended = run(ground, ground.resume)

    assert (1, True) == (ended.code, f"{name} has changed" in ended.text), ended.text
    assert 0 == run(ground, [*ground.resume, "--as-begun"]).code
    assert 5 == ground.service.stats()["accepted"]


def test_an_unknown_job(ground: Ground) -> None:
    """A word that leads nowhere is told."""
    ended = run(ground, ["messages", "resume", "nothing", "--project", str(ground.folder)])

    assert (1, True) == (ended.code, "there is no job" in ended.text)


def test_an_interrupt_says_what_goes_on(ground: Ground) -> None:
    """Ctrl-C ends with 130 and tells what is billed, how to go on and how to stop it."""
    ground.service.options(duration=30)
    running = start(ground, ground.resume)
    while not ground.service.stats()["batches"]:
        time.sleep(0.02)
    time.sleep(0.2)
    running.send(signal.SIGINT)
    ended = running.wait()

    assert 130 == ended.code, ended.text
    for said in ("goes on and bills", "batchpack messages resume reviews", "batchpack messages cancel reviews"):
        assert said in ended.text
