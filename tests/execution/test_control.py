"""How an execution is told to stop."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path

from batchpack.execution import control
from batchpack.execution.journal import Draft
from tests.execution.ground import Parts, make_run, task, write


def test_each_signal_stops_one_step_further(tmp_path: Path) -> None:
    """The first stops what is new, the second what runs; both are told, and afterwards signals are as they were."""
    said: list[str] = []

    async def go() -> list[int]:
        async with Parts(make_run(tmp_path, [task("a")])) as context:
            steps = []
            with control.signals(context, said.append):
                for number in (signal.SIGINT, signal.SIGTERM, signal.SIGINT):
                    os.kill(os.getpid(), number)
                    await asyncio.sleep(0.05)
                    steps.append(context.stopping)
            return steps

    before = signal.getsignal(signal.SIGINT)
    assert [1, 2, 2] == asyncio.run(go())
    assert [control.FIRST, control.SECOND, control.SECOND] == said
    assert before == signal.getsignal(signal.SIGINT)


def test_a_request_from_elsewhere_is_seen_once_it_is_new(tmp_path: Path) -> None:
    """A request that was there before the run went on is an old one."""
    run = make_run(tmp_path, [task("a")])
    write(run, Draft("cancel_asked"))
    asked: list[bool] = []
    requests = control.Requests(run.journal, lambda: asked.append(True))
    requests.look()
    assert [] == asked
    write(run, Draft("cancel_asked"))
    requests._looked = 0.0
    requests.look()
    requests.close()

    assert [True] == asked
