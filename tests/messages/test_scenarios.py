"""Whatever goes wrong between us and the service, each item is paid exactly once and none is lost."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.messages.scenarios import SCENARIOS
from tests.support.message_batches.remote import Remote
from tests.support.message_jobs import Scenario, play, warm


@pytest.fixture(scope="module")
def service() -> Iterator[Remote]:
    """Start the stand-in once."""
    warm()
    with Remote() as remote:
        yield remote


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda one: one.name)
def test_each_item_is_paid_once(scenario: Scenario, service: Remote, tmp_path: Path) -> None:
    """By the service's own books no request was accepted or paid twice, and all were paid."""
    played = play(scenario, tmp_path, service, seed=1)

    assert 0 == played.books["paid_twice"]
