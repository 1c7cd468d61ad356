"""What follows from a verdict."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from batchpack.execution.journal import Draft
from batchpack.execution.settling import settle
from tests.execution.ground import Parts, make_run, task


def judged(verdict: str, number: int = 1, **facts: Any) -> Draft:
    """Say that an attempt at task a was judged."""
    return Draft("judged", "a", number, {"verdict": verdict, "reason": "red", **facts})


def settled(base: Path, *drafts: Draft, attempts: int = 5, **options: Any) -> tuple[dict[str, str], list[str]]:
    """Settle task a, which b depends on and c does not; return the states and what may begin then."""

    async def go() -> tuple[dict[str, str], list[str]]:
        run = make_run(base, [task("a", attempts=attempts), task("b", "a"), task("c")], **options)
        async with Parts(run, *drafts) as context:
            context.schedule.take()
            settle(context, "a")
            offered = []
            while (one := context.schedule.take()) is not None:
                offered.append(one.id)
            return {name: one.status for name, one in context.state.tasks.items()}, offered

    return asyncio.run(go())


def test_verified_work_frees_what_waits_for_it(tmp_path: Path) -> None:
    """Without worktrees nothing is merged: the dependant may begin."""
    assert ({"a": "verified", "b": "pending", "c": "pending"}, ["b", "c"]) == settled(tmp_path, judged("verified"))


def test_a_failed_task_is_offered_again(tmp_path: Path) -> None:
    """It waits for its next attempt, and what depends on it goes on waiting."""
    assert ({"a": "failed", "b": "pending", "c": "pending"}, ["a", "c"]) == settled(tmp_path, judged("failed"))


def test_a_task_without_attempts_left_is_abandoned(tmp_path: Path) -> None:
    """What depends on it is skipped, what does not goes on."""
    states, offered = settled(tmp_path, judged("failed"), attempts=1)

    assert ({"a": "abandoned", "b": "skipped", "c": "pending"}, ["c"]) == (states, offered)


@pytest.mark.parametrize("verdict", ["paused", "lost"])
def test_what_says_nothing_on_the_task_uses_up_nothing(tmp_path: Path, verdict: str) -> None:
    """After a limit or a lost attempt even a task with one attempt is offered again."""
    assert ["a", "c"] == settled(tmp_path, judged(verdict), attempts=1)[1]


def test_a_machine_that_loses_attempts_is_not_fed_for_ever(tmp_path: Path) -> None:
    """Three lost in a row end the task."""
    assert "abandoned" == settled(tmp_path, *(judged("lost", number) for number in (1, 2, 3)))[0]["a"]


def test_a_cancelled_task_is_left_alone(tmp_path: Path) -> None:
    """It is neither offered again nor abandoned."""
    assert ({"a": "cancelled", "b": "pending", "c": "pending"}, ["c"]) == settled(tmp_path, judged("cancelled"))
