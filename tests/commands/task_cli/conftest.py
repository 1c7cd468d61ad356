"""The seed's feature in a repository."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.project import Project
from tests.support.tasks import auth_system


@pytest.fixture
def auth(project: Project) -> Path:
    """Write the seed's feature into a repository and return its tasks folder."""
    project.init_git()
    folder = project.folder / ".tmp" / "tasks"
    auth_system(folder)
    return folder
