"""Whether another task may begin: the places, the shared pause after a limit, and the budget."""

from __future__ import annotations

import time

from batchpack import pacing
from batchpack.attempts.budget import Budget
from batchpack.execution.context import Context
from batchpack.execution.journal import Draft
from batchpack.execution.state import Try
from batchpack.executor import Pause, Usage
from batchpack.pacing import Pace


class Throttle:
    """Opens for as many tasks as pace and budget allow; one limit holds back all.

    Where no model works, nobody needs to be approached carefully: all places are open at once.
    """

    def __init__(self, context: Context) -> None:
        self._context = context
        most = context.options.jobs
        agents = any(executor.AGENT for executor in context.executors.values())
        self._pace = Pace(most, start=pacing.START if agents else most)
        self._spent = ""
        self._began = time.monotonic()
        self._budget = Budget({**context.options.budget, **context.state.budget}, self._worked)
        for name, task in context.state.tasks.items():
            for one in task.tries:
                self._take_in(name, one)
            if task.runs:
                self._budget.reserve(self._id(name, task.number))

    def open(self, running: int) -> bool:
        """Tell whether one more task may begin beside those that run."""
        self._pace.running = running
        if self._pace.wait() != 0 or self._spent:
            return False
        if refused := self._budget.refusal():
            if not running:  # what runs may turn out cheaper than what is reserved for it
                self._stop(refused)
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

    def begin(self, name: str, number: int) -> float:
        """Reserve for an attempt; returns the moment at which it begins."""
        self._budget.reserve(self._id(name, number))
        return self._pace.begin()

    def answered(self, name: str, number: int, usage: Usage | None, seconds: float) -> None:
        """Note that an attempt came to something: one more at a time."""
        self._settle(name, number, usage, seconds)
        self._pace.answered()

    def left(self, name: str, number: int) -> None:
        """Note that an attempt says nothing: it was lost, or ended from outside."""
        self._budget.release(self._id(name, number))
        self._pace.leave()

    def refused(self, name: str, number: int, begun: float, why: Pause) -> None:
        """Note that an attempt met a limit: all wait, or stop where waiting does not mend it."""
        self._budget.release(self._id(name, number))
        seconds = self._pace.refused(begun, why.seconds)
        if why.mends:
            facts = {"reason": why.reason, "seconds": round(seconds, 1), "until": time.time() + seconds}
            self._context.record(Draft("paused", facts=facts))
        else:
            self._stop(why.reason)

    def _stop(self, reason: str) -> None:
        """Let nothing begin any more."""
        self._spent = reason
        self._context.record(Draft("paused", facts={"reason": reason, "final": True}))

    def _take_in(self, name: str, one: Try) -> None:
        """Settle an attempt of the journal."""
        if one.verdict in {"verified", "failed"}:
            usage = one.facts.get("usage")
            known = Usage(**{key: usage[key] for key in Usage._fields}) if usage else None
            self._settle(name, one.number, known, one.facts.get("seconds") or 0.0)

    def _settle(self, name: str, number: int, usage: Usage | None, seconds: float) -> None:
        """Put what an attempt used in the place of what was reserved for it."""
        agent = self._context.executor_of(self._context.tasks[name]).AGENT
        self._budget.settle(self._id(name, number), usage, seconds, agent=agent)

    def _id(self, name: str, number: int) -> str:
        """Name an attempt."""
        return f"{name}.{number}"

    def _worked(self) -> float:
        """Return for how many seconds the run was worked on."""
        return self._context.state.worked + time.monotonic() - self._began
