"""The end of an execution."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

from batchpack.execution import endings
from batchpack.execution.journal import Draft
from tests.execution.ground import Parts, make_run, task, write

DONE = Draft("judged", "a", 1, {"verdict": "verified"})


def closed(base: Path, *drafts: Draft, stopping: int = 0) -> tuple[str, str]:
    """Close a run of two tasks; return the last event and its reason."""

    async def go() -> None:
        run = make_run(base, [task("a", layer="1-x"), task("b", layer="2-y")])
        parts = Parts(run, *drafts)
        async with parts as context:
            context.stopping = stopping
            await endings.close(context)

    asyncio.run(go())
    from batchpack.execution.store import WorkRun

    run = WorkRun(next((base / ".batchpack/runs").iterdir()))
    last = run.events()[-1]
    return last.name, last.facts["reason"]


def test_a_run_in_which_all_is_settled_is_finished(tmp_path: Path) -> None:
    """The last event says so, and the copies for others are there."""
    skipped = Draft("skipped", "b", facts={"reason": "x"})
    assert ("finished", "all is settled") == closed(tmp_path, DONE, skipped)

    folder = next((tmp_path / ".batchpack/runs").iterdir())
    state = json.loads((folder / "state.json").read_text())
    assert (True, {"verified": 1, "skipped": 1}) == (state["finished"], state["counts"])
    assert (folder / "joblog.tsv").read_text().startswith("Seq\tHost")
    assert "1-x" == json.loads((folder / "batch1-result.json").read_text())["layer"]


def test_a_run_that_stands_still_says_why(tmp_path: Path) -> None:
    """Interrupted, cancelled, or waiting for somebody."""
    assert ("stopped", "it was interrupted") == closed(tmp_path / "1", DONE, stopping=1)
    assert ("stopped", "it was cancelled") == closed(tmp_path / "2", Draft("cancel_asked"))
    assert ("stopped", "no key") == closed(tmp_path / "3", Draft("paused", facts={"reason": "no key"}))


def test_the_summary_has_a_line_a_layer_and_each_failure(tmp_path: Path) -> None:
    """What failed is named with its reason and where to read on."""
    run = make_run(tmp_path, [task("a", layer="1-x"), task("b", layer="1-x")])
    write(run, DONE, Draft("attempt_started", "b", 1), Draft("abandoned", "b", 1, {"reason": "red"}))
    lines = endings.summary(run, run.state())

    assert ["[BATCH 1-x #1] a ✓, b ✗ (attempt 1) (1/2)", "b: abandoned. red", "Read on: batchpack logs a1b2 b"] == lines
    assert 1 == endings.failures(run.state(), merged=False)
