"""`batchpack cancel`: end a run of work."""

from __future__ import annotations

import signal
import subprocess
import time
from pathlib import Path

from tests.support.work import Ground, plan


def begun(base: Path) -> tuple[Ground, subprocess.Popen[str], Path]:
    """Begin a run whose task would make a file after a while."""
    ground = Ground(base)
    marker = base / "alive"
    child = ground.start(
        plan({"id": "slow", "command": f"sleep 3; touch '{marker}'"}, {"id": "other", "command": "true"})
    )
    end = time.monotonic() + 60
    while not list(ground.root.glob(".batchpack/runs/*/attempts/slow-1/out")):
        assert time.monotonic() < end, "the attempt was not begun"
        time.sleep(0.05)
    return ground, child, marker


def test_who_drives_the_run_ends_it(tmp_path: Path) -> None:
    """The agents are ended with all they started, the run says so, and it can be taken up again."""
    ground, child, marker = begun(tmp_path)
    out = ground.project.run("cancel").assert_ok().out
    said, _ = child.communicate(timeout=60)

    assert "is cancelled; nothing of it runs any more" in out
    assert (130, "cancelled") == (child.returncode, ground.states()["slow"]), said
    time.sleep(3)
    assert not marker.exists()


def test_what_a_killed_run_left_is_ended_too(tmp_path: Path) -> None:
    """Where nobody drives the run any more its agents are found and ended."""
    ground, child, marker = begun(tmp_path)
    child.send_signal(signal.SIGKILL)
    child.communicate()
    ground.project.run("cancel").assert_ok()
    time.sleep(3)

    assert not marker.exists()
    assert "cancelled" == ground.states()["slow"]
    assert ground.project.run("status", "--line").assert_ok().out.endswith(" stopped\n")


def test_the_line_of_a_later_run_stays(tmp_path: Path) -> None:
    """To cancel a run that was killed does not put it in the place of the one that the status line shows now."""
    ground, child, _ = begun(tmp_path)
    lost = ground.last.short
    child.send_signal(signal.SIGKILL)
    child.communicate()
    ground.run(plan({"id": "later", "command": "echo > a.txt"})).assert_ok()

    ground.project.run("cancel", lost).assert_ok()

    assert "later ✓ (1/1)" in ground.project.run("status", "--line").assert_ok().out


def test_a_finished_run_has_nothing_to_end(tmp_path: Path) -> None:
    """It is said, and nothing changes."""
    ground = Ground(tmp_path)
    ground.run(plan({"id": "a", "command": "echo > a.txt"})).assert_ok()

    assert "is finished; there is nothing to end" in ground.project.run("cancel").assert_ok().out
