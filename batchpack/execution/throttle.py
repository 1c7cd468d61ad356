"""Whether another task may begin: the places, the shared pause after a limit, and the budget."""

from __future__ import annotations

import time

from batchpack import pacing
from batchpack.execution.context import Context
from batchpack.execution.journal import Draft
from batchpack.executor import Pause
from batchpack.pacing import Pace

NEEDS_SOMEBODY = "somebody"


class Throttle:
    """Opens for as many tasks as the pace allows; one limit holds back all.

    Where no model works, nobody needs to be approached carefully: all places are open at once.
    """

    def __init__(self, context: Context) -> None:
        self._context = context
        most = context.options.jobs
        agents = any(executor.AGENT for executor in context.executors.values())
        self._pace = Pace(most, start=pacing.START if agents else most)
        self._spent = ""

    def open(self, running: int) -> bool:
        """Tell whether one more task may begin beside those that run."""
        self._pace.running = running
        if self._pace.wait() != 0 or self._spent:
            return False
        if self._context.state.pause is not None:
            self._context.record(Draft("went_on"))
        return True

    def pause(self) -> float:
        """Return the seconds to the end of a pause, 0 when there is none."""
        return max(0.0, self._pace.wait())

    def spent(self) -> str:
        """Return why no further task may begin in this execution at all; empty while one may."""
        return self._spent

    def begin(self) -> float:
        """Return the moment at which a task begins."""
        return self._pace.begin()

    def answered(self) -> None:
        """Note that an attempt came to something: one more at a time."""
        self._pace.answered()

    def refused(self, begun: float, why: Pause) -> None:
        """Note that an attempt met a limit: all wait, or stop where waiting does not mend it."""
        seconds = self._pace.refused(begun, why.seconds)
        facts: dict[str, object] = {"reason": why.reason, "seconds": round(seconds, 1)}
        if not why.mends:
            self._spent = why.reason
        else:
            facts["until"] = time.time() + seconds
        self._context.record(Draft("paused", facts=facts))
