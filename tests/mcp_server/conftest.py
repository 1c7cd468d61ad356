"""A project with a batch of three tasks."""

from __future__ import annotations

from pathlib import Path

import pytest

from batchpack.mcp_server.tools import Tools
from batchpack.queue import batches, database
from batchpack.queue.store import SqliteQueue
from batchpack.queue.values import Draft


@pytest.fixture
def batch(tmp_path: Path) -> Path:
    """Make the batch and return its folder."""
    folder = batches.make(tmp_path, "mails")
    with SqliteQueue(folder / database.NAME) as queue:
        queue.add([Draft(f"chunk-0{number}", title=f"Part {number}") for number in (1, 2, 3)])
    return folder


@pytest.fixture
def tools(batch: Path, tmp_path: Path) -> Tools:
    """Return the tools of the project."""
    return Tools(tmp_path)
