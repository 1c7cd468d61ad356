"""Fixtures for tests of the tasks: a project that is a repository, and its tasks folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.project import Project


@pytest.fixture
def tasks(project: Project) -> Path:
    """Make a project a repository and return its tasks folder, which is not there yet."""
    project.init_git()
    return project.folder / ".tmp" / "tasks"
