"""What is new in all records is collected, and what is known is read."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from batchpack.app import App
from batchpack.errors import BatchpackError
from batchpack.output import warn

if TYPE_CHECKING:
    from batchpack.collector import Collector
    from batchpack.executor import Usage
    from batchpack.ledger import Ledger
    from batchpack.metrics.collecting import Collected
    from batchpack.metrics.values import Record

PATIENCE_SECONDS = 3.0
"""How long a reader is left without a word."""


def collectors(app: App) -> list[Collector]:
    """Return all that reads records: our own, and those of plugins."""
    from batchpack.metrics import own

    registry = app.registry
    return [*own.collectors(registry.executors, app.project()).values(), *registry.collectors.values()]


def collect(app: App) -> Collected:
    """Collect what is new; raises Unwritable where nothing can be kept."""
    from batchpack import ledger as ledgers
    from batchpack.metrics import collecting

    with ledgers.open() as ledger:
        return collecting.collect(collectors(app), ledger, note=patient())


def patient() -> Callable[[str], None]:
    """Return what says now and then how far a long reading is; of a short one nothing is said."""
    last = time.monotonic()

    def tell(text: str) -> None:
        nonlocal last
        if time.monotonic() - last >= PATIENCE_SECONDS:
            last = time.monotonic()
            warn(f"reading records: {text}")

    return tell


def wrong(error: BatchpackError) -> str:
    """Say in a line what is wrong with the ledger, what to do, and what is shown without it."""
    from batchpack.errors import Unwritable

    message, hint = error.message, error.hint
    if isinstance(error, Unwritable):
        message = message.replace("cannot write", "cannot read", 1)
        hint = "make it readable and writable for you"
    return f"the ledger is left out, so figures are those of the runs' own journals: {message}; {hint}"


@contextmanager
def opened(app: App, *, news: bool) -> Iterator[Ledger]:
    """Hand out the ledger for reading, with what is new where that could be collected."""
    from batchpack import ledger as ledgers

    failed: BatchpackError | None = None
    if news:
        try:
            collect(app)
        except BatchpackError as error:
            failed = error
    with ledgers.open(readonly=True) as ledger:
        if failed is not None:
            warn(f"nothing new was collected: {failed.message}")
        yield ledger


def used(app: App, record: Record) -> tuple[Record, Usage | None]:
    """Return a run with what its agents in a host used, and what the session itself did (None: not known).

    What is new is collected for it, if it has such agents at all.
    """
    from batchpack.metrics import attributing

    if not attributing.is_wanting(record):
        return record, None
    try:
        with opened(app, news=True) as ledger:
            return attributing.filled(record, ledger), attributing.itself(record, ledger)
    except BatchpackError as error:
        warn(wrong(error))
        return record, None


def known(record: Record) -> tuple[Record, Usage | None]:
    """Return the same by what is known already; where the ledger cannot be read, the run as it is."""
    from batchpack import ledger as ledgers
    from batchpack.metrics import attributing

    with suppress(BatchpackError), ledgers.open(readonly=True) as ledger:
        return attributing.filled(record, ledger), attributing.itself(record, ledger)
    return record, None
