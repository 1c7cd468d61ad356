"""A project with a batch of two tasks."""

from __future__ import annotations

import pytest

from tests.support.item_batches import ItemBatch, make_batch
from tests.support.item_desks import ItemDesk, make_desk
from tests.support.project import Project


@pytest.fixture
def desk(project: Project) -> ItemDesk:
    """A batch of the tasks a and b."""
    return make_desk(project)


@pytest.fixture
def batch(project: Project) -> ItemBatch:
    """A batch of six items in two chunks."""
    return make_batch(project)
