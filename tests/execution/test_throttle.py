"""Whether another task may begin."""

from __future__ import annotations

import asyncio
from pathlib import Path

from batchpack.execution.journal import Draft
from batchpack.execution.throttle import Throttle
from batchpack.executor import Pause
from tests.execution.ground import Parts, make_run, task


def test_programs_have_all_places_at_once(tmp_path: Path) -> None:
    """Where no model works all places are open from the beginning, and not one more."""

    async def go() -> list[bool]:
        async with Parts(make_run(tmp_path, [task("a")], jobs=8)) as context:
            throttle = Throttle(context)
            return [throttle.open(running) for running in (0, 7, 8)]

    assert [True, True, False] == asyncio.run(go())


def test_a_limit_holds_back_all_until_its_time(tmp_path: Path) -> None:
    """After a refusal nothing begins, the journal says until when, and it goes on by itself."""

    async def go() -> tuple[bool, bool, bool, bool]:
        async with Parts(make_run(tmp_path, [task("a")])) as context:
            throttle = Throttle(context)
            throttle.refused("a", 1, throttle.begin("a", 1), Pause("too many requests", 0.3))
            closed, said = throttle.open(0), context.state.pause is not None
            await asyncio.sleep(0.5)
            return closed, said, throttle.open(0), context.state.pause is None

    assert (False, True, True, True) == asyncio.run(go())


def test_what_waiting_does_not_mend_ends_the_run(tmp_path: Path) -> None:
    """A missing key opens for nobody any more, and the reason is at hand."""

    async def go() -> tuple[bool, str]:
        async with Parts(make_run(tmp_path, [task("a")])) as context:
            throttle = Throttle(context)
            throttle.refused("a", 1, throttle.begin("a", 1), Pause("no key", 0.0, mends=False))
            await asyncio.sleep(0.01)
            return throttle.open(0), throttle.spent()

    assert (False, "no key") == asyncio.run(go())


def test_a_budget_closes_when_nothing_is_left(tmp_path: Path) -> None:
    """What earlier attempts used counts; a limit given on resume takes the place of the first."""
    used = [Draft("judged", "a", number, {"verdict": "failed", "seconds": 1.0}) for number in (1, 2)]

    async def go(*more: Draft) -> tuple[bool, str]:
        run = make_run(tmp_path / str(len(more)), [task("a")], budget={"attempts": 2})
        async with Parts(run, *used, *more) as context:
            throttle = Throttle(context)
            return throttle.open(0), throttle.spent()

    assert (False, "the budget of 2 attempts would not hold another attempt (2 attempts used)") == asyncio.run(go())
    assert (True, "") == asyncio.run(go(Draft("run_resumed", facts={"budget": {"attempts": 3}})))


def test_the_time_of_earlier_executions_counts(tmp_path: Path) -> None:
    """A run that was worked on for longer than its minutes does not begin anything."""

    async def go() -> bool:
        run = make_run(tmp_path, [task("a")], budget={"minutes": 1})
        late = Draft("stopped", facts={"reason": "x"}, at="2999-01-01T00:00:00.000Z")
        async with Parts(run, late, Draft("run_resumed")) as context:
            return Throttle(context).open(0)

    assert not asyncio.run(go())
