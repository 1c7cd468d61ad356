"""The pack's own roster, and a place to write others."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from batchpack.planning import Roster, load_roster
from tests.support.project import ROOT


@pytest.fixture(scope="session")
def roster() -> Roster:
    """Return the pack's roster."""
    return load_roster([ROOT])


@pytest.fixture
def written(tmp_path: Path) -> Callable[[str], Path]:
    """Return a function that writes a roster and returns its root."""

    def write(text: str) -> Path:
        path = tmp_path / "mine" / "agents" / "roster.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return tmp_path / "mine"

    return write
