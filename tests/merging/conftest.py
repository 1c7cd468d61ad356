"""The ground of the tests of the merge queue."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.merging.ground import Ground
from tests.support.project import Project


@pytest.fixture
def ground(project: Project) -> Iterator[Ground]:
    """Make a repository with a queue."""
    made = Ground(project)
    yield made
    made.queue.close()
