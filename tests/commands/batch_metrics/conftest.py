"""A project whose runs and requests are known."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.metrics import remember
from tests.support.work import Ground, plan

AGAIN = {"command": "test -e a && echo b > a || touch a", "deliverables": ["a"], "verify": ["grep b a"]}


@pytest.fixture(scope="package")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Ground:
    """Return a project with a run of `batchpack run`, one of a host, and requests of models in the ledger."""
    return _made(tmp_path_factory.mktemp("metrics"))


@pytest.fixture
def own(tmp_path: Path) -> Ground:
    """Return the same for a test that changes it."""
    return _made(tmp_path)


def _made(base: Path) -> Ground:
    """Make it."""
    made = Ground(base)
    made.run(plan({"id": "again", **AGAIN}, {"id": "never", "command": "touch c", "depends_on": ["again"]}))
    made.project.run("start", "--host", "opencode", "Design and research the storage").assert_ok()
    remember(made.project)
    return made
