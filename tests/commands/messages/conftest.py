"""What tests of the commands of message jobs share: the stand-in, started once a module."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.message_batches.remote import Remote
from tests.support.message_jobs import warm


@pytest.fixture(scope="module")
def service() -> Iterator[Remote]:
    """Start the stand-in."""
    warm()
    with Remote() as remote:
        yield remote
