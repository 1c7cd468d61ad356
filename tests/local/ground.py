"""A run's folder with sessions of the local engine, and small programs as attempts."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

from batchpack.engine import Attempt, Status
from batchpack.local.session import LocalSession

T = TypeVar("T")
PATIENCE = 30.0


def attempt(folder: Path, script: str, task: str = "t", number: int = 1, **changes: Any) -> Attempt:
    """Return an attempt that runs a shell script in a folder."""
    facts = {"argv": ("/bin/sh", "-c", script), "cwd": folder, **changes}
    return Attempt(f"r.{task}.{number}", "r", task, number, **facts)


def alone(act: Callable[[], Awaitable[T]]) -> T:
    """Run a coroutine in a loop of its own."""

    async def whole() -> T:
        return await act()

    return asyncio.run(whole())


async def ends(session: LocalSession, count: int = 1) -> dict[str, Status]:
    """Wait for so many ends."""
    found: dict[str, Status] = {}
    end = time.monotonic() + PATIENCE
    while len(found) < count and time.monotonic() < end:
        found.update({status.id: status for status in await session.changed(1.0)})
    return found


def play(folder: Path, *attempts: Attempt) -> dict[str, Status]:
    """Submit attempts in one session and return their ends."""

    async def whole() -> dict[str, Status]:
        session = LocalSession(folder, "r")
        try:
            await asyncio.gather(*(session.submit(one) for one in attempts))
            return await ends(session, len(attempts))
        finally:
            await session.close(stop_running=True)

    return asyncio.run(whole())


def until(fact: Callable[[], object], patience: float = PATIENCE) -> None:
    """Wait until something is so; fails where it never is."""
    end = time.monotonic() + patience
    while not fact():
        assert time.monotonic() < end, "it never came to pass"
        time.sleep(0.01)
