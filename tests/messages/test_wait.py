"""Tests of waiting: rounds of retries, pauses for the account's sake, and what is said meanwhile."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.message_batches.remote import Remote
from tests.support.message_ground import sent
from tests.support.message_jobs import warm
from tests.support.project import ROOT


@pytest.fixture(scope="module")
def service() -> Iterator[Remote]:
    """Start the stand-in once."""
    warm()
    with Remote() as remote:
        yield remote


def test_what_was_free_is_asked_again_in_rounds(service: Remote, tmp_path: Path) -> None:
    """`--retry` sends expired and overloaded items again until they are answered; what was paid for it leaves."""
    ground = sent(tmp_path, service, {3: "expired:2", 5: "errored:overloaded_error:1", 7: "max_tokens"})
    ended = ground.wait("--retry")
    found, books = ground.facts(), service.stats()

    assert 1 == ended.code
    assert "round 2: asking again, free of charge: 1 expired, 1 overloaded" in ended.text
    assert {"max_tokens": 1} == found["kinds"]
    assert (25, 24, 1, 0, 3) == tuple(found[name] for name in ("items", "answered", "failed", "pending", "retried"))
    assert (25, 0) == (books["paid"], books["paid_twice"])


def test_rounds_end(service: Remote, tmp_path: Path) -> None:
    """What expires each time is asked again so often and no more, and is then told as failed."""
    ground = sent(tmp_path, service, {3: "expired"})
    ended = ground.wait("--retry", "--rounds", "2")

    assert 1 == ended.code
    assert ("round 3" in ended.text, "round 4" in ended.text) == (True, False)
    assert {"expired": 1} == ground.facts()["kinds"]


def test_a_kill_between_rounds_pays_nothing_twice(service: Remote, tmp_path: Path) -> None:
    """A retry that is killed anywhere goes on with the same round."""
    ground = sent(tmp_path, service, {3: "expired:1", 5: "errored:api_error:1"})
    for kill_at in (9, 14, 19, 24, 33):
        ended = ground.wait("--retry", "--grace", "0.3", kill_at=kill_at)
        assert ended.code in (0, -signal.SIGKILL), ended.text
    assert 0 == ground.wait("--retry", "--grace", "0.3").code
    found, books = ground.facts(), service.stats()

    assert (25, 0, 0) == tuple(found[name] for name in ("answered", "failed", "pending"))
    assert (25, 0) == (books["paid"], books["paid_twice"])


def test_an_exhausted_account_pauses_the_job(service: Remote, tmp_path: Path) -> None:
    """Items that failed for lack of credit are nobody's fault: the job pauses, and says what to do."""
    ground = sent(tmp_path, service, {4: "credit", 6: "expired"})
    ended = ground.wait("--retry")
    found = ground.facts()

    assert 1 == ended.code
    assert "add credit to the account, then run: batchpack messages retry reviews" in ended.text
    assert ("paused", {"credit": 1, "expired": 1}) == (found["stage"], found["kinds"])
    assert 25 == service.stats()["accepted"]


def test_an_interrupt_says_what_goes_on_being_billed(service: Remote, tmp_path: Path) -> None:
    """Ctrl-C ends with 130 and names the commands that cancel and that go on."""
    ground = sent(tmp_path, service, {}, duration=60.0)
    environment = {**os.environ, **ground.environment(), "HOME": str(tmp_path), "PYTHONPATH": str(ROOT)}
    words = [sys.executable, "-m", "batchpack", "messages", "wait", "reviews", "--project", str(ground.folder)]
    child = subprocess.Popen(words, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert child.stdout is not None
    child.stdout.readline()
    time.sleep(0.3)
    child.send_signal(signal.SIGINT)
    _, said = child.communicate(timeout=30)

    assert 130 == child.returncode
    assert "25 requests in 3 batches go on at the service and are billed" in said
    assert "batchpack messages cancel reviews" in said
    assert "batchpack messages wait reviews" in said
