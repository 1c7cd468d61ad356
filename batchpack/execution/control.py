"""How an execution is told to stop: by signals of its terminal, and by a request in its journal from elsewhere."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from batchpack.execution.context import Context

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


def look(context: Context) -> None:
    """Take in what other processes wrote into the journal, as a request to cancel."""
    for event in context.journal.since(context.state.seq):
        context.take_in(event)
    if context.state.cancelled:
        context.stopping = 2
