"""The built-in collectors."""

from __future__ import annotations

from pathlib import Path

from batchpack import manager
from batchpack.metrics import own


def test_collectors_have_names_of_their_own(tmp_path: Path) -> None:
    """Each is known by its name, has a title, names no plugin's collector, and finds nothing in an empty home."""
    registry = manager.load()
    found = own.collectors(registry.executors, tmp_path)

    assert all(name == one.NAME and one.TITLE for name, one in found.items())
    assert set(found).isdisjoint(registry.collectors)
    assert {"items", "messages", "runs"} <= set(found)
    assert [] == [source for one in found.values() for source in one.sources()]
