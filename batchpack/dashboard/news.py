"""What is new in the records of hosts, collected beside the pages for as long as somebody looks at them."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from threading import Event, Thread

EACH_SECONDS = 10.0
SHARE = 10
"""Collecting takes at most about one part in so many of the time."""


class News:
    """Calls what collects, in a thread of its own, when it is wanted and not too often."""

    def __init__(self, collect: Callable[[], object]) -> None:
        self._collect, self._wanted = collect, Event()

    def begin(self) -> None:
        """Wait for who wants it, until the program ends."""
        Thread(target=self._go_on, daemon=True).start()

    def want(self) -> None:
        """Say that somebody looks."""
        self._wanted.set()

    def _go_on(self) -> None:
        """Collect again and again."""
        while self._wanted.wait():
            self._wanted.clear()
            begun = time.monotonic()
            with suppress(Exception):  # what is known already is shown; `batch-metrics collect` says what is wrong
                self._collect()
            time.sleep(max(EACH_SECONDS, (time.monotonic() - begun) * SHARE))
