"""What an abandoned task stops."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from batchpack.execution.halting import halt, later
from batchpack.execution.journal import Draft
from tests.execution.ground import Parts, make_run, task

TASKS = (
    task("a", layer="1"), task("b", "a", layer="1"), task("c", layer="1"), task("d", layer="2"), task("e", layer="3"),
)  # fmt: skip


def halted(base: Path, how: str) -> tuple[list[str], int, str]:
    """Return what is skipped, how far the run stops, and what it says, after task a was abandoned."""

    async def go() -> tuple[list[str], int, str]:
        run = make_run(base, TASKS, halt=how)
        async with Parts(run, Draft("abandoned", "a", 1, {"reason": "red"})) as context:
            halt(context)
            halt(context)
            skipped = [name for name, one in context.state.tasks.items() if one.status == "skipped"]
            return skipped, context.stopping, context.state.halted

    return asyncio.run(go())


@pytest.mark.parametrize(
    ("how", "skipped", "stopping", "said"),
    [
        ("never", ["b"], 0, ""),
        ("layer", ["b", "d", "e"], 0, ""),
        ("soon", ["b"], 1, "a was abandoned"),
        ("now", ["b"], 2, "a was abandoned"),
    ],
)
def test_each_way_stops_as_much_as_it_says(
    tmp_path: Path, how: str, skipped: list[str], stopping: int, said: str
) -> None:
    """What depends on it always, later layers by default, all that is new, or all."""
    assert (skipped, stopping, said) == halted(tmp_path, how)


def test_layers_follow_one_another_as_their_names_appear(tmp_path: Path) -> None:
    """Tasks without a layer are behind none."""

    async def go() -> tuple[list[str], list[str]]:
        run = make_run(tmp_path, [*TASKS, task("free")])
        async with Parts(run) as context:
            return later(context, "d"), later(context, "e")

    assert (["e"], []) == asyncio.run(go())
