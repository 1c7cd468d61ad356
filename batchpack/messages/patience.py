"""Asking again for what may be asked for any number of times: facts and results, never the making of a batch."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import TypeVar

from batchpack.messages import outcomes
from batchpack.messages.intake import BrokenResults, ForeignResults
from batchpack.provider import Refused, Unknown

T = TypeVar("T")
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 60.0
"""Seconds before the first repetition, doubled with each that follows, and the most that they become."""
JITTER = 0.25
Tell = Callable[[str], None]


def patiently(ask: Callable[[], T], tries: int, tell: Tell, *, sleep: Callable[[float], None] = time.sleep) -> T:
    """Return what `ask` returns, asking again after a pause when no answer came or the service is too busy.

    The last failure is raised after `tries`; what no repetition would change is raised at once.
    """
    for number in range(tries - 1):
        try:
            return ask()
        except (Refused, Unknown, BrokenResults) as error:
            wait = pause(error, number)
            if wait is None:
                raise
            tell(f"{said(error)}; asking again in {wait:.0f} s" if wait >= 1 else f"{said(error)}; asking again")
            sleep(wait)
    return ask()


def pause(error: Exception, number: int) -> float | None:
    """Return the seconds to wait before asking again, given how often it has failed; None where it makes no sense.

    A service that says how long to wait is believed, as long as it is within the hour.
    """
    if isinstance(error, ForeignResults):
        return None
    if isinstance(error, Refused):
        kind = outcomes.of_error(error.kind, error.said, error.code)
        busy = error.status in {0, 429, 529} or error.status >= 500
        if not busy or error.kind == "credentials" or outcomes.remedy(kind) == "pause":
            return None
        if error.retry_after is not None:
            return min(error.retry_after, 3600.0)
    longer = min(FIRST_PAUSE * 2.0**number, LONGEST_PAUSE)
    return longer * (1 + random.random() * JITTER)  # noqa: S311 - spreads load, guards nothing


def said(error: Exception) -> str:
    """Return what an error says, in a line."""
    return str(error).split("\n", 1)[0][:200]
