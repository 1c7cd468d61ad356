"""The line of a run of work: which layer it shows, that it beats while the run is driven, and how it ends."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import time
from pathlib import Path
from typing import Any

import pytest

from batchpack import status_file
from batchpack.execution import standing
from batchpack.execution.journal import Draft
from batchpack.execution.state import State
from batchpack.execution.store import WorkRun
from tests.execution.ground import Parts, make_run, task, write
from tests.support.work import Ground, plan

STARTED = Draft("attempt_started", "a", 1, {"executor": "shell"})


def facts(root: Path) -> dict[str, Any]:
    """Return what the status file says."""
    found: dict[str, Any] = json.loads((root / ".batchpack/status.json").read_text())
    return found


def wait_for(root: Path, word: str) -> dict[str, Any]:
    """Return what the status file says once its line has a word."""
    end = time.monotonic() + 30
    while time.monotonic() < end:
        if (root / ".batchpack/status.json").exists() and word in facts(root)["line"]:
            return facts(root)
        time.sleep(0.05)
    raise AssertionError(f"no {word} in the status file")


def test_the_layer_at_work_is_shown(tmp_path: Path) -> None:
    """First the layer that runs, else the first that is not done, else the last."""
    run = make_run(tmp_path, [task("a", layer="1-one"), task("b", layer="2-two")])
    said = [standing.present(run, run.state())]
    for name, draft in (("a", STARTED), ("b", Draft("attempt_started", "b", 1, {"executor": "shell"}))):
        run_state = _with(run, draft)
        said.append(standing.present(run, run_state))
        said.append(standing.present(run, _with(run, Draft("judged", name, 1, {"verdict": "verified"}))))

    assert [
        "[BATCH 1-one #1] a ○ (0/1)",
        "[BATCH 1-one #1] a ▶ (0/1)",
        "[BATCH 2-two #2] b ○ (0/1)",
        "[BATCH 2-two #2] b ▶ (0/1)",
        "[BATCH 2-two #2] b ✓ (1/1)",
    ] == said


def _with(run: WorkRun, draft: Draft) -> State:
    """Write an event and return the state that follows."""
    write(run, draft)
    return run.state()


def test_it_beats_though_nothing_happens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While the run is driven the moment in the file goes on, and the last writing is done when the driving ends."""
    monkeypatch.setattr(standing, "BEAT_SECONDS", 0.02)
    monkeypatch.setattr(standing, "LOOK_SECONDS", 0.01)

    async def play() -> tuple[set[float], dict[str, Any]]:
        seen = set()
        async with Parts(make_run(tmp_path, [task("a")]), STARTED) as context:
            async with standing.beating(context):
                for _ in range(40):
                    await asyncio.sleep(0.02)
                    seen.add(facts(tmp_path)["at"])
            last = facts(tmp_path)
            await asyncio.sleep(0.1)
        return seen, last

    seen, last = asyncio.run(play())
    assert len(seen) > 3
    assert (last, False) == (facts(tmp_path), last["ended"])


def test_a_file_that_cannot_be_written_fails_no_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever goes wrong with the line, the work goes on."""

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr(status_file, "write", broken)

    async def play() -> str:
        async with Parts(make_run(tmp_path, [task("a")]), STARTED) as context, standing.beating(context):
            await asyncio.sleep(0.1)
            return context.state.tasks["a"].status

    assert "in_progress" == asyncio.run(play())


def test_a_run_is_shown_while_it_is_driven_and_when_it_ended(tmp_path: Path) -> None:
    """`batchpack run` keeps the line up to date; at its end the line says so."""
    ground = Ground(tmp_path)
    tasks: list[dict[str, Any]] = [
        {"id": "one", "command": "sleep 3; touch one"},
        {"id": "two", "command": "false", "attempts": 1},
    ]
    child = ground.start(plan(*tasks), "--no-worktrees")
    try:
        during = wait_for(ground.root, "one ▶")
        child.communicate(timeout=60)
    finally:
        child.kill()

    assert (False, standing.BEAT_SECONDS) == (during["ended"], during["beat"])
    end = facts(ground.root)
    assert (True, "[BATCH proof #1] one ✓, two ✗ (attempt 1) (1/2)") == (end["ended"], end["line"])
    assert f"{end['line']}\n" == ground.project.run("status", "--line").assert_ok().out


def test_the_line_of_a_killed_run_grows_stale(tmp_path: Path) -> None:
    """Whoever is killed cannot say that it ended: the line stays as it was, and is marked once its beat is missed."""
    ground = Ground(tmp_path)
    child = ground.start(plan({"id": "one", "command": "sleep 20"}), "--no-worktrees")
    try:
        before = wait_for(ground.root, "one ▶")
    finally:
        os.kill(child.pid, signal.SIGKILL)
        child.communicate()
    path = ground.root / ".batchpack/status.json"
    path.write_text(json.dumps(facts(ground.root) | {"at": before["at"] - 300}))

    assert "one ▶ (0/1) (stale: no sign of life for 5 min)" in ground.project.run("status", "--line").out
    ground.project.run("cancel", "latest")
