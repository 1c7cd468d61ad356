"""The loop over a run of work: what may begin begins, what ended is settled, until nothing is left to do."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from batchpack.execution import control
from batchpack.execution.carrying import Carrier
from batchpack.execution.context import Context
from batchpack.execution.halting import halt
from batchpack.execution.merges import Merges
from batchpack.execution.pump import Pump
from batchpack.execution.throttle import Throttle

LOOK_SECONDS = 0.5
"""How often the journal is looked at for requests of other processes."""


class Orchestrator:
    """Drives one run; everything it needs to know after a crash is in the journal, the engine and git."""

    def __init__(self, context: Context, throttle: Throttle, merges: Merges | None) -> None:
        self.context, self.throttle, self.merges = context, throttle, merges
        self.pump = Pump(context.session)
        self.carrier = Carrier(context, self.pump, throttle)
        self._requests = control.Requests(context.run.journal, self._cancelled)
        self._running: dict[asyncio.Task[None], str] = {}

    async def drive(self) -> None:
        """Run until all is settled or a stop was asked for; raises what went wrong in one of the parts."""
        self.context.notes.again(self.context.state)
        halt(self.context)
        await self._adopt()
        pump = asyncio.create_task(self.pump.run())
        merging = asyncio.create_task(self.merges.run()) if self.merges else None
        helpers = [one for one in (pump, merging) if one]
        try:
            while not self._over():
                self._step()
                await self._wait(helpers)
        finally:
            await self._end(pump, merging)

    async def _adopt(self) -> None:
        """Go on with the attempts that were begun before a crash."""
        known = await self.pump.adopt()
        for name, task in self.context.state.tasks.items():
            if task.runs:
                self.context.schedule.hold(name)
                self._start(name, self.carrier.go_on(name, known))
        if self.merges is not None:
            await self.merges.adopt()

    def _step(self) -> None:
        """Begin what may begin, end what must end."""
        self.context.changed.clear()
        self._requests.look()
        if self.context.stopping == 2:
            self.carrier.cancel_all()
        while not self.context.stopping and self.context.schedule.offers() and self.throttle.open(len(self._running)):
            task = self.context.schedule.take()
            if task is None:
                break
            self._start(task.id, self.carrier.begin(task.id))

    def _cancelled(self) -> None:
        """Take in that somebody asked for the end."""
        self.context.state.cancelled, self.context.stopping = True, 2

    def _start(self, name: str, work: object) -> None:
        """Let a coroutine carry a task's attempt."""
        self._running[asyncio.ensure_future(work)] = name  # type: ignore[call-overload]

    async def _wait(self, helpers: list[asyncio.Task[None]]) -> None:
        """Wait until something changed; an error in any part ends the whole."""
        if self.context.recorder.failure is not None:
            raise self.context.recorder.failure
        changed = asyncio.create_task(self.context.changed.wait())
        done, _ = await asyncio.wait(
            {changed, *self._running, *helpers}, timeout=self._patience(), return_when=asyncio.FIRST_COMPLETED
        )
        changed.cancel()
        for one in done - {changed}:
            name = self._running.pop(one, "")  # type: ignore[arg-type]
            if name:
                self.context.schedule.free(name)
            one.result()

    def _patience(self) -> float:
        """Return for how many seconds nothing needs to be looked at."""
        pause = self.throttle.pause()
        return min(LOOK_SECONDS, pause) if pause else LOOK_SECONDS

    def _over(self) -> bool:
        """Tell whether nothing runs, nothing is to be merged and nothing may begin."""
        if self._running:
            return False
        if self.merges is not None and self.merges.busy() and self.context.stopping < 2:
            return False
        return bool(self.context.stopping) or not self.context.schedule.offers() or bool(self.throttle.spent())

    async def _end(self, pump: asyncio.Task[None], merging: asyncio.Task[None] | None) -> None:
        """Stop the helpers; attempts that still run are left to run on unless they were to be ended."""
        for one in [pump, *self._running]:
            one.cancel()
            with suppress(asyncio.CancelledError, Exception):
                await one
        if self.merges is not None and merging is not None:
            self.merges.stop()
            with suppress(Exception):
                await merging
        await self.context.settle_background()
        self._requests.close()
        await self.context.session.close(stop_running=self.context.stopping == 2)
