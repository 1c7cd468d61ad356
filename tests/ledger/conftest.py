"""A ledger of its own for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from batchpack import ledger
from batchpack.ledger import Ledger


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Ledger]:
    """An empty ledger in a file."""
    with ledger.open(tmp_path / "metrics.sqlite") as made:
        yield made
