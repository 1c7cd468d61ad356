"""The ends of attempts, handed to those who wait."""

from __future__ import annotations

import asyncio
from pathlib import Path

from batchpack.engine import Attempt
from batchpack.execution.pump import Pump
from tests.execution.ground import RUN, Parts, make_run, task


def attempt(name: str, *argv: str) -> Attempt:
    """Make an attempt."""
    return Attempt(f"{RUN}.{name}.1", RUN, name, 1, argv, Path("/"))


def test_each_end_reaches_who_waits_for_it(tmp_path: Path) -> None:
    """Whether one waits already or asks later, the end is handed over once."""

    async def go() -> list[int | None]:
        async with Parts(make_run(tmp_path, [task("a"), task("b")])) as context:
            pump = Pump(context.session)
            running = asyncio.create_task(pump.run())
            await context.session.submit(attempt("a", "sh", "-c", "exit 3"))
            await context.session.submit(attempt("b", "sh", "-c", "exit 4"))
            codes = [(await pump.end_of(f"{RUN}.{name}.1")).code for name in ("b", "a")]
            running.cancel()
            return codes

    assert [4, 3] == asyncio.run(go())


def test_what_ended_before_is_at_hand(tmp_path: Path) -> None:
    """After a restart the ends that nobody took are known from the engine."""

    async def go() -> int | None:
        run = make_run(tmp_path, [task("a")])
        async with Parts(run) as context:
            await context.session.submit(attempt("a", "sh", "-c", "exit 5"))
            while (await context.session.snapshot())[f"{RUN}.a.1"].state != "done":
                await asyncio.sleep(0.05)
        async with Parts(run) as context:
            pump = Pump(context.session)
            known = await pump.adopt()
            assert {f"{RUN}.a.1"} == set(known)
            return (await pump.end_of(f"{RUN}.a.1")).code

    assert 5 == asyncio.run(go())
