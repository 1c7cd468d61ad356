"""Killed at any point, a merger loses nothing: the next step ends where an undisturbed one would have."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from batchpack.merging.queue import Queue
from tests.merging import kills
from tests.merging.ground import TARGET, Ground
from tests.merging.test_gate import gate

STRIDE = 9
"""The quick suite kills before every ninth act; `python -m tests.soaks.merge_kills` before each, and at any time."""


def test_killed_before_its_acts(ground: Ground) -> None:
    """Before starts of git and commits of the journal: the outcome is the same, and the repository whole."""
    kills.fill(ground)

    assert kills.all_ways(ground, range(3, 1000, STRIDE)) >= 5


def test_a_gate_that_outlived_its_merger_is_ended(ground: Ground) -> None:
    """What a killed merger's gate started is ended before the next one begins, and the entry is ready again."""
    ground.add("one", {"one.txt": "1\n"})
    child = subprocess.Popen([sys.executable, "-m", "tests.merging.kills", str(ground.root.parent), "sleep 300"])
    stray = wait_for_gate(ground)
    child.send_signal(signal.SIGKILL)
    child.wait()
    assert "merging" == ground.states()["one"]
    assert kills.alive(stray)

    assert () == ground.merger("true").reconcile()

    assert ("ready", False) == (ground.states()["one"], kills.alive(stray))
    assert ["one"] == [one.task for one in ground.merger("true").step().merged]


def wait_for_gate(ground: Ground) -> int:
    """Wait until a gate runs and return the number of its process."""
    logs = str(ground.root.parent / "run" / "logs")
    end = time.monotonic() + 20
    while time.monotonic() < end:
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit() and kills.is_sleep_of(entry, logs):
                return int(entry.name)
        time.sleep(0.02)
    pytest.fail("no gate began")


def test_a_move_that_was_not_written_down_counts(ground: Ground) -> None:
    """Killed between the move of the branch and its record, the work is known as merged, by which merge too."""
    entry = ground.add("one", {"one.txt": "1\n"})
    ground.add("two", {"two.txt": "1\n"})
    tip = ground.merger().step().tip
    before = {one.task: one.merge for one in ground.queue.entries()}
    ground.queue._connection.execute("UPDATE merge_entry SET state = 'merging', facts = '{}'")

    merged = ground.merger("false").reconcile()

    assert (before, ground.tip) == ({one.task: one.merge for one in merged}, tip)
    assert entry.commit == next(one.commit for one in merged if one.task == "one")


def test_green_is_remembered_across_a_crash(ground: Ground) -> None:
    """A gate that had passed before the crash is not run again: the commits come out the same."""
    ground.add("one", {"one.txt": "1\n"})
    assert 1 == ground.merger("true").step().gate_runs
    ground.git("update-ref", TARGET, ground.base)
    ground.queue._connection.execute("UPDATE merge_entry SET state = 'merging'")

    progress = ground.merger("true").step()

    assert (0, ["one"]) == (progress.gate_runs, [one.task for one in progress.merged])
    assert gate(ground, "true").passes(ground.tip)


def test_a_journal_that_another_holds_is_waited_for(ground: Ground) -> None:
    """While another process writes to the journal the merger waits instead of failing."""
    ground.add("one", {"one.txt": "1\n"})
    with closing(Queue(ground.journal)) as other:
        pid = os.fork()
        if pid == 0:
            with closing(Queue(ground.journal)) as mine:
                mine._connection.execute("BEGIN IMMEDIATE")
                time.sleep(0.7)
                mine._connection.execute("COMMIT")
            os._exit(0)
        time.sleep(0.2)
        progress = ground.merger().step()
        os.waitpid(pid, 0)

        assert ["one"] == [one.task for one in progress.merged]
        assert "merged" == other.entry("one").state
