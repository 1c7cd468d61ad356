"""The ends of attempts, handed from the engine to those who wait for each."""

from __future__ import annotations

import asyncio

from batchpack.engine import ENDED, Session, Status

LOOK_SECONDS = 5.0
"""How long one wait for the engine takes at most."""


class Pump:
    """Takes what the engine says ended and wakes whoever waits for it."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._ended: dict[str, Status] = {}
        self._waiting: dict[str, asyncio.Future[Status]] = {}

    async def adopt(self) -> dict[str, Status]:
        """Return all attempts that the engine knows; those that ended are at hand for who waits for them."""
        known = await self._session.snapshot()
        self._ended.update({name: status for name, status in known.items() if status.state in ENDED})
        return known

    async def run(self) -> None:
        """Hand on what ends, until it is cancelled."""
        while True:
            for status in await self._session.changed(LOOK_SECONDS):
                self._hand(status)

    def _hand(self, status: Status) -> None:
        """Wake who waits for an attempt, else keep its end."""
        waiting = self._waiting.pop(status.id, None)
        if waiting is None:
            self._ended[status.id] = status
        elif not waiting.done():
            waiting.set_result(status)

    async def end_of(self, attempt_id: str) -> Status:
        """Wait for the end of an attempt."""
        ended = self._ended.pop(attempt_id, None)
        if ended is not None:
            return ended
        waiting: asyncio.Future[Status] = asyncio.get_running_loop().create_future()
        self._waiting[attempt_id] = waiting
        return await waiting
