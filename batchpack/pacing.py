"""How many things run at a time against a service: one more with each success, half after a refusal."""

from __future__ import annotations

import random
import time
from collections.abc import Callable

START = 3
"""How many at the same time before anything is known of the service."""
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0
"""Seconds to wait after the first refusal without a word on how long, doubled with each that follows."""
JITTER = 0.25
"""Pauses are longer by up to this part, so that all do not come back at once."""


class Pace:
    """How many may run now; after a refusal nobody begins until the pause is over. It waits for nothing itself.

    `most` is the limit that was asked for. Time is told in seconds by `clock`, which tests may replace. It is not
    safe to be used by several threads at once.
    """

    def __init__(self, most: int, *, start: int = START, clock: Callable[[], float] = time.monotonic) -> None:
        self.most, self.allowed = most, float(min(start, most))
        self.running = self.refusals = 0
        self.resumes = 0.0
        self._clock = clock
        self._halved = clock()

    def wait(self) -> float:
        """Return the seconds to the end of the pause, 0 for a free place, -1 until another one ends."""
        left = self.resumes - self._clock()
        if left > 0:
            return left
        return 0 if self.running < int(self.allowed) else -1

    def begin(self) -> float:
        """Take a place; returns the moment at which it was had, which `refused` wants to know."""
        self.running += 1
        return self._clock()

    def leave(self) -> None:
        """Give the place back without a word on how the service does."""
        self.running -= 1

    def answered(self) -> None:
        """Give the place back after a success: one more at a time, up to the limit."""
        self.refusals = 0
        self.allowed = min(float(self.most), self.allowed + 1)
        self.running -= 1

    def refused(self, begun: float, retry_after: float | None = None) -> float:
        """Give the place back after a refusal; returns the seconds of the pause that begins for all.

        What began before the last halving tells nothing new: it lengthens a pause, but does not halve again.
        """
        now = self._clock()
        if begun >= self._halved:
            self.allowed, self._halved = max(1.0, self.allowed / 2), now
            self.refusals += 1
        asked = min(FIRST_PAUSE * 2 ** (max(1, self.refusals) - 1), LONGEST_PAUSE)
        pause = (asked if retry_after is None else retry_after) * (1 + random.random() * JITTER)  # noqa: S311
        self.resumes = max(self.resumes, now + pause)
        self.running -= 1
        return pause
