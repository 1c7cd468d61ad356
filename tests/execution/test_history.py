"""A task's attempts as the ladder counts them."""

from __future__ import annotations

import asyncio
from pathlib import Path

from batchpack.attempts.ladder import GiveUp, Rung
from batchpack.execution.history import next_of, past
from batchpack.execution.journal import Draft
from tests.execution.ground import Parts, make_run, task

TRIES = [
    Draft("judged", "a", 1, {"verdict": "failed", "reason": "red", "failure": "f", "tree": "t", "session": "s"}),
    Draft("judged", "a", 2, {"verdict": "cancelled"}),
    Draft("judged", "a", 3, {"verdict": "verified", "commit": "c"}),
    Draft("merge_failed", "a", 3, {"state": "conflict", "reason": "x.py"}),
]


def test_what_the_ladder_needs_is_in_the_journal(tmp_path: Path) -> None:
    """Each attempt has its outcome, failure, work and session; a cancelled one says nothing."""

    async def go() -> list[tuple[int, str, str, str, str]]:
        async with Parts(make_run(tmp_path, [task("a")]), *TRIES) as context:
            return [(p.number, p.outcome, p.failure, p.tree, p.reason) for p in past(context.state.tasks["a"])]

    expected = [(1, "failed", "f", "t", "red"), (3, "verified", "", "", ""), (3, "conflict", "", "", "x.py")]
    assert expected == asyncio.run(go())


def test_a_number_is_never_given_twice(tmp_path: Path) -> None:
    """Also when earlier attempts were forgotten the next one has a new number, and is counted from there."""

    async def go() -> tuple[Rung | GiveUp, Rung | GiveUp]:
        begun = Draft("attempt_started", "a", 3)
        drafts = [begun, *TRIES, Draft("abandoned", "a", 3, {"reason": "red"})]
        async with Parts(make_run(tmp_path, [task("a", attempts=2)]), *drafts) as context:
            before = next_of(context, "a")
            context.record(Draft("run_resumed", facts={"again": True}))
            return before, next_of(context, "a")

    before, after = asyncio.run(go())
    assert isinstance(before, GiveUp)
    assert Rung(4) == after
