"""Collectors of our own records: runs of work, runs over items, message batches, and marks of hooks."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from batchpack.collector import Collector
from batchpack.executor import Executor


def collectors(executors: Mapping[str, Executor], here: Path | None = None) -> dict[str, Collector]:
    """Return the built-in collectors by name.

    They look at every project in which this user began a batch, and at the one `here`. `executors` say which host
    keeps the sessions that they begin: where it can be read, its own record of a session counts instead of ours.
    """
    from batchpack.metrics.own.items import Items
    from batchpack.metrics.own.marks import Marks
    from batchpack.metrics.own.messages import Messages
    from batchpack.metrics.own.runs import Runs
    from batchpack.metrics.own.shelf import Shelf

    shelf = Shelf(executors, here)
    found: tuple[Collector, ...] = (Items(shelf), Marks(), Messages(shelf), Runs(shelf))
    return {one.NAME: one for one in found}
