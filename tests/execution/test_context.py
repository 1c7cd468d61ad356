"""What all parts of an execution share."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from batchpack.execution.context import executor_name
from batchpack.execution.journal import Draft
from batchpack.workplan.values import WorkTask
from tests.execution.ground import Parts, make_run, task


def test_who_works_on_a_task() -> None:
    """The executor that a task names comes first, then the shell for a command, then the run's own."""
    asked = (
        WorkTask("a", "A", command="true", executor="other"),
        WorkTask("b", "B", command="true"),
        WorkTask("c", "C", prompt="Do it"),
    )

    assert ["other", "shell", "usual"] == [executor_name(one, "usual") for one in asked]


def test_what_is_recorded_is_known_and_tells_who_waits(tmp_path: Path) -> None:
    """An event changes the state before it is on disk, and sets `changed`; after a flush it is in the journal."""
    run = make_run(tmp_path, [task("a")])

    async def go() -> tuple[str, bool]:
        async with Parts(run) as context:
            context.changed.clear()
            context.record(Draft("attempt_started", "a", 1))
            return context.state.tasks["a"].status, context.changed.is_set()

    assert ("in_progress", True) == asyncio.run(go())
    assert ["run_started", "attempt_started"] == [event.name for event in run.events()]


def test_what_goes_wrong_in_the_background_is_raised(tmp_path: Path) -> None:
    """Work beside all else is waited for at the end, and its error is not lost."""

    async def fail() -> None:
        raise LookupError("gone")

    async def go() -> None:
        async with Parts(make_run(tmp_path, [task("a")])) as context:
            context.background(fail())
            with pytest.raises(LookupError, match="gone"):
                await context.settle_background()

    asyncio.run(go())
