"""A project with a batch of two tasks."""

from __future__ import annotations

import pytest

from tests.support.item_desks import ItemDesk, make_desk
from tests.support.project import Project


@pytest.fixture
def desk(project: Project) -> ItemDesk:
    """A batch of the tasks a and b."""
    return make_desk(project)
