"""How an execution is told to stop: by signals of its terminal, and by a request in its journal from elsewhere."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from batchpack.execution.context import Context
from batchpack.execution.journal import Journal

CANCEL = "cancel_asked"
LOOK_SECONDS = 0.5
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
FIRST = "nothing new begins; waiting for what runs (once more ends it; `batchpack resume` goes on later)"
SECOND = "ending what runs; worktrees and what was recorded stay"


@contextmanager
def signals(context: Context, say: Callable[[str], None]) -> Iterator[None]:
    """Let the first signal stop new tasks, the second end what runs; outside the main thread nothing is changed."""
    loop = asyncio.get_running_loop()

    def stop() -> None:
        context.stopping = min(2, context.stopping + 1)
        say(FIRST if context.stopping == 1 else SECOND)
        context.changed.set()

    for number in SIGNALS:
        loop.add_signal_handler(number, stop)
    try:
        yield
    finally:
        for number in SIGNALS:
            loop.remove_signal_handler(number)


class Requests:
    """Requests of other processes, read from the journal by a connection of its own."""

    def __init__(self, path: Path, asked: Callable[[], None]) -> None:
        self._journal, self._asked = Journal(path), asked
        self._known = self._journal.last(CANCEL)
        self._looked = 0.0

    def look(self) -> None:
        """Say so when somebody asked to cancel; looked at twice a second."""
        if time.monotonic() < self._looked + LOOK_SECONDS:
            return
        self._looked = time.monotonic()
        if self._journal.last(CANCEL) > self._known:
            self._asked()

    def close(self) -> None:
        """Close the journal."""
        self._journal.close()
