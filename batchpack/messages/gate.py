"""One gate for all direct requests: it opens a little with each answer, halves when the service has too much to do."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable

START = 3
"""Requests at the same time before anything is known of the service."""
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0
"""Seconds to wait after the first refusal without a word on how long, doubled with each that follows."""
JITTER = 0.25
"""Pauses are longer by up to this part, so that all do not come back at once."""


class Closed(Exception):
    """The gate was closed: no further request begins."""


class Gate:
    """How many requests run at a time, shared by all threads; after a refusal nobody begins until the pause is over.

    `most` is the limit that was asked for. Time is told in seconds by `clock`, which tests may replace.
    """

    def __init__(self, most: int, *, start: int = START, clock: Callable[[], float] = time.monotonic) -> None:
        self.most, self.allowed = most, float(min(start, most))
        self.running = self.refusals = 0
        self.resumes = 0.0
        self._clock, self._changed, self._closed = clock, threading.Condition(), False
        self._halved = clock()

    def enter(self) -> float:
        """Wait for a place; returns the moment at which it was had, raises Closed."""
        with self._changed:
            while not self._closed and (wait := self._wait()) != 0:
                self._changed.wait(wait if wait > 0 else None)
            if self._closed:
                raise Closed
            self.running += 1
            return self._clock()

    def _wait(self) -> float:
        """Return the seconds to the end of the pause, 0 for a free place, -1 until another request ends."""
        left = self.resumes - self._clock()
        if left > 0:
            return left
        return 0 if self.running < int(self.allowed) else -1

    def leave(self) -> None:
        """Give the place back without a word on how the service does."""
        with self._changed:
            self.running -= 1
            self._changed.notify_all()

    def answered(self) -> None:
        """Give the place back after an answer: one more at a time, up to the limit."""
        with self._changed:
            self.refusals = 0
            self.allowed = min(float(self.most), self.allowed + 1)
        self.leave()

    def refused(self, entered: float, retry_after: float | None = None) -> float:
        """Give the place back after 429 or 529; returns the seconds of the pause that begins for all.

        Requests that began before the last halving tell nothing new: they lengthen a pause, but do not halve again.
        """
        with self._changed:
            now = self._clock()
            if entered >= self._halved:
                self.allowed, self._halved = max(1.0, self.allowed / 2), now
                self.refusals += 1
            asked = min(FIRST_PAUSE * 2 ** (max(1, self.refusals) - 1), LONGEST_PAUSE)
            pause = (asked if retry_after is None else retry_after) * (1 + random.random() * JITTER)  # noqa: S311
            self.resumes = max(self.resumes, now + pause)
        self.leave()
        return pause

    def close(self) -> None:
        """Let nobody in any more; those inside end as they will."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
