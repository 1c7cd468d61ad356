"""A thread that works ahead: it waits for the network and writes while the program parses what came before."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Generator, Iterator
from queue import Full, Queue
from typing import TypeVar

T = TypeVar("T")
DEPTH = 4
"""How many blocks may lie ready: enough that neither side waits, little enough to stay small."""
TICK = 0.1
PATIENCE = 10.0
"""Seconds to wait for the thread when its work is not wanted any more; it may hang in the network."""


class _End:
    """What follows the last block: the error that ended the work, if one did."""

    def __init__(self, error: BaseException | None) -> None:
        self.error = error


@contextlib.contextmanager
def working_ahead(blocks: Generator[T, None, None]) -> Iterator[Iterator[T]]:
    """Let `blocks` be made in a thread; raises what they raise, at their place. Left early, the thread ends soon."""
    ready: Queue[T | _End] = Queue(DEPTH)
    enough = threading.Event()
    thread = threading.Thread(target=_work, args=(blocks, ready, enough), daemon=True)
    thread.start()
    try:
        yield _taken(ready)
    finally:
        enough.set()
        thread.join(PATIENCE)


def _work(blocks: Generator[T, None, None], ready: Queue[T | _End], enough: threading.Event) -> None:
    """Make blocks until there are no more, or nobody wants them."""
    error: BaseException | None = None
    try:
        with contextlib.closing(blocks):
            for block in blocks:
                if not _hand_over(block, ready, enough):
                    return
    except BaseException as raised:  # it is raised again where the blocks are taken
        error = raised
    _hand_over(_End(error), ready, enough)


def _hand_over(block: T | _End, ready: Queue[T | _End], enough: threading.Event) -> bool:
    """Put a block down when there is room; returns whether anybody still wants it."""
    while not enough.is_set():
        with contextlib.suppress(Full):
            ready.put(block, timeout=TICK)
            return True
    return False


def _taken(ready: Queue[T | _End]) -> Iterator[T]:
    """Yield the blocks in their order; raises the error that ended them."""
    while True:
        block = ready.get()
        if not isinstance(block, _End):
            yield block
        elif block.error is not None:
            raise block.error
        else:
            return
