"""One gate for all direct requests: it opens a little with each answer, halves when the service has too much to do."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from batchpack.pacing import START, Pace


class Closed(Exception):
    """The gate was closed: no further request begins."""


class Gate(Pace):
    """How many requests run at a time, shared by all threads; after a refusal nobody begins until the pause is over."""

    def __init__(self, most: int, *, start: int = START, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(most, start=start, clock=clock)
        self._changed, self._closed = threading.Condition(), False

    def enter(self) -> float:
        """Wait for a place; returns the moment at which it was had, raises Closed."""
        with self._changed:
            while not self._closed and (wait := self.wait()) != 0:
                self._changed.wait(wait if wait > 0 else None)
            if self._closed:
                raise Closed
            return self.begin()

    def leave(self) -> None:
        """Give the place back without a word on how the service does."""
        with self._changed:
            super().leave()
            self._changed.notify_all()

    def answered(self) -> None:
        """Give the place back after an answer: one more at a time, up to the limit."""
        with self._changed:
            super().answered()
            self._changed.notify_all()

    def refused(self, begun: float, retry_after: float | None = None) -> float:
        """Give the place back after 429 or 529; returns the seconds of the pause that begins for all."""
        with self._changed:
            pause = super().refused(begun, retry_after)
            self._changed.notify_all()
        return pause

    def close(self) -> None:
        """Let nobody in any more; those inside end as they will."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
