"""What happens, taken in at once and written to the journal in a thread: one forced write for all that waits."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from batchpack.clock import now
from batchpack.execution.journal import Draft, Event, Journal
from batchpack.execution.state import State

Tell = Callable[[Event], None]


class Recorder:
    """Keeps the state and the journal in step; `flush` waits until all is on disk.

    What a crash takes away before it is written is found again: attempts in the engine, by their ids, merges in the
    queue. So only what goes into the merge queue waits for the disk.
    """

    def __init__(self, journal: Journal, state: State, tell: Tell, woken: Callable[[], None]) -> None:
        self._journal, self._state, self._tell, self._woken = journal, state, tell, woken
        self._waiting: list[Draft] = []
        self._writer: asyncio.Task[None] | None = None
        self.failure: BaseException | None = None

    def record(self, *drafts: Draft) -> list[Event]:
        """Take in events and have them written."""
        at = now()
        events = [Event(0, at, one.name, one.task, one.attempt, one.facts) for one in drafts]
        for event in events:
            self._state.apply(event)
        self._waiting += [Draft(one.name, one.task, one.attempt, one.facts, at) for one in drafts]
        if self._writer is None:
            self._writer = asyncio.create_task(self._write())
        return events

    async def flush(self) -> None:
        """Wait until all is on disk; raises what kept it from there."""
        while self._writer is not None:
            await asyncio.wait({self._writer})
        if self.failure is not None:
            raise self.failure

    async def _write(self) -> None:
        """Write what waits, and tell what is written."""
        try:
            while self._waiting:
                drafts, self._waiting = self._waiting, []
                for event in await asyncio.to_thread(self._journal.append, *drafts):
                    self._tell(event)
        except BaseException as error:
            self.failure = error
            if not isinstance(error, Exception):
                raise
        finally:
            self._writer = None
            self._woken()
