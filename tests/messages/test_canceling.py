"""Tests of canceling: what ended meanwhile, what was never sent, and what nobody knows of."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.message_batches.remote import Remote
from tests.support.message_ground import Collected, sent
from tests.support.message_jobs import run, warm


@pytest.fixture(scope="module")
def service() -> Iterator[Remote]:
    """Start the stand-in once."""
    warm()
    with Remote() as remote:
        yield remote


def test_what_ended_already_is_kept(service: Remote, tmp_path: Path) -> None:
    """Nothing is canceled that has ended; its answers are there."""
    ground = sent(tmp_path, service, {}).settled()
    ended = ground.do("cancel")

    assert "Asked the service to end 0 batches" in ended.text
    assert 0 == ground.wait().code
    assert 25 == ground.facts()["answered"]


def test_asking_twice_does_no_harm(service: Remote, tmp_path: Path) -> None:
    """A second cancel, at once, is as good as one."""
    ground = sent(tmp_path, service, {}, duration=30.0)

    assert [0, 0] == [ground.do("cancel").code for _ in range(2)]
    ground.wait()
    assert {"canceled": 25} == ground.facts()["kinds"]


def test_what_is_in_doubt_is_told(service: Remote, tmp_path: Path) -> None:
    """A shard that may have been accepted without our knowing cannot be canceled: resuming finds out."""
    service.reset()
    service.options(duration=30.0)
    ground = Collected(tmp_path / "ground", service).mark({})
    service.fault("drop_before", times=1)
    killed = run(ground, [*ground.submit, "--no-canary", "--grace", "60"], kill_after=2.5)
    ended = ground.do("cancel")

    assert -9 == killed.code
    assert 1 == ended.code
    assert "may have been accepted without our knowing; batchpack messages resume reviews finds out" in ended.text
    assert "were not sent and will not be" in ended.text
    assert "paused" == ground.facts()["stage"]
