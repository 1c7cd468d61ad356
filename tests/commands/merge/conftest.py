"""The desk of the tests of `batchpack merge`."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.merging.desk import Desk
from tests.support.project import Project


@pytest.fixture
def desk(project: Project) -> Iterator[Desk]:
    """Make a run with a gate that `bad` fails."""
    made = Desk(project, "! grep -qs bad *.txt")
    yield made
    made.close()
