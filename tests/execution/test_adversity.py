"""Whole runs under what users and machines do to them: readers that leave, disks that fill, folders that vanish."""

from __future__ import annotations

import errno
import os
import pty
import subprocess
import sys
import time
from pathlib import Path

import pytest

from batchpack.errors import BatchpackError, Unwritable
from batchpack.execution.console import goes_on
from tests.execution.ground import make_run, task
from tests.support.project import Outcome
from tests.support.work import Ground, plan

TWO = (
    {"id": "a", "command": "echo > a.txt", "deliverables": ["a.txt"]},
    {"id": "b", "command": "echo > b.txt", "depends_on": ["a"]},
)


@pytest.fixture
def ground(tmp_path: Path) -> Ground:
    """Return a repository with one commit."""
    return Ground(tmp_path)


def by_shell(ground: Ground, text: str, line: str) -> Outcome:
    """Carry out a plan by a line of the shell in which `batchpack run` is `"$@"`."""
    file = ground.root.parent / "plan.yaml"
    file.write_text(text)
    return ground.project.execute(["sh", "-c", line, "sh", sys.executable, "-m", "batchpack", "run", str(file)])


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('{ "$@"; echo "code $?" >&2; } | head -n1', "code 0"),
        ('"$@" >&-; echo "code $?" >&2', "code 0"),
        ('"$@" > /dev/full; echo "code $?" >&2', "nothing more is printed (No space left on device); the work goes on"),
    ],
)
def test_a_run_outlives_those_who_read_of_it(ground: Ground, line: str, said: str) -> None:
    """Where its words can no longer be printed a run goes on to its end, and its exit code says how it ended."""
    done = by_shell(ground, plan(*TWO), line).assert_ok()

    assert {"a": "merged", "b": "merged"} == ground.states()
    assert said in done.err
    assert "code 0" in done.err
    assert "Traceback" not in done.err
    ground.check_untouched()


def test_a_terminal_that_is_closed_stops_new_tasks_only(ground: Ground) -> None:
    """What runs when the window goes away is waited for and merged; the rest is there to be gone on with."""
    file = ground.root.parent / "plan.yaml"
    file.write_text(plan({**TWO[0], "command": "sleep 2; echo > a.txt"}, TWO[1]))
    ours, theirs = pty.openpty()
    argv = [sys.executable, "-c", OWN_TERMINAL, "run", str(file)]
    child = subprocess.Popen(
        argv, cwd=ground.root, env=ground.project.environment(), stdin=theirs, stdout=theirs, stderr=theirs,
        start_new_session=True,
    )  # fmt: skip
    os.close(theirs)
    end = time.monotonic() + 60
    while not list(ground.root.glob(".batchpack/runs/*/attempts/a-1/out")):
        assert time.monotonic() < end
        time.sleep(0.05)
    os.close(ours)

    assert 130 == child.wait(60)
    assert {"a": "merged", "b": "pending"} == ground.states()
    assert [] == list(ground.project.home.rglob("bug-*"))


def test_a_second_interrupt_ends_a_set_up_and_no_agent_begins(ground: Ground) -> None:
    """Nobody waits for a long set-up line, and nothing begins behind it; the run can be gone on with."""
    done = by_shell(ground, plan(*TWO, setup=["touch up && sleep 300"]), INTERRUPTED_TWICE)

    assert "code 130" in done.err, str(done)
    assert {"a": "pending", "b": "pending"} == ground.states()
    assert "started" not in done.out
    ground.check_untouched()


def test_an_agent_that_cannot_begin_is_given_up_with_the_cause(ground: Ground) -> None:
    """A set-up line that always fails is told with what it said, and no more than three times."""
    done = ground.run(plan(TWO[0], setup=["echo no such tool; exit 3"])).assert_failed("1 task was not done")

    assert "it could not begin: the set-up line 'echo no such tool; exit 3' failed in" in done.out
    assert "exit code 3; no such tool" in done.out
    assert 3 == len(ground.last.state().tasks["a"].tries)


def test_a_commit_on_the_runs_branch_without_a_task_is_told(ground: Ground) -> None:
    """Who moved the branch past the merge queue did so without verification: it is named before the take-over."""
    foreign = (
        "ref=$(git for-each-ref --format='%(refname)' 'refs/heads/batchpack/*/integration'); echo > a.txt; "
        "git update-ref $ref $(git commit-tree -m sneaked HEAD^{tree} -p HEAD)"
    )
    done = ground.run(plan({**TWO[0], "command": foreign})).assert_ok()

    assert "no task stands behind" in done.out
    assert "sneaked" in done.out


@pytest.mark.parametrize(("halt", "code", "left"), [("soon", 2, "merged"), ("now", 3, "cancelled")])
def test_a_run_that_halts_counts_what_failed(ground: Ground, halt: str, code: int, left: str) -> None:
    """A halt is no interrupt: the exit code counts the failed tasks, and it is said how the rest is gone on with."""
    tasks = (
        {"id": "bad", "command": "sleep 1; false", "attempts": 1, "needs": "p", "priority": 1},
        {"id": "dep", "command": "true", "depends_on": ["bad"]},
        {"id": "slow", "command": "sleep 3; echo > s.txt"},
        {"id": "next", "command": "echo > n.txt", "needs": "p"},
    )
    done = ground.run(plan(*tasks, pools={"p": 1}), "--halt", halt)
    done.assert_failed(f"{code} tasks were not done", "go on with the rest: batchpack resume", code=code)

    assert {"bad": "abandoned", "dep": "skipped", "slow": left, "next": "pending"} == ground.states()


@pytest.mark.parametrize(
    "error", [OSError(errno.ENOSPC, "No space left on device"), Unwritable(Path("x"), "No space left on device")]
)
def test_a_full_disk_is_told_with_how_to_go_on(tmp_path: Path, error: Exception) -> None:
    """The command that began the run would begin another one, so it is not the one that is named."""
    with pytest.raises(BatchpackError, match="No space left") as caught, goes_on(make_run(tmp_path, [task("a")])):
        raise error

    assert "nothing was lost; make room and go on with: batchpack resume a1b2" == caught.value.hint


INTERRUPTED_TWICE = """
env --default-signal=INT "$@" & child=$!
until ls ../project.worktrees/*/a/up > /dev/null 2>&1; do sleep 0.1; done
kill -INT $child; sleep 0.5; kill -INT $child
wait $child; echo "code $?" >&2
"""
OWN_TERMINAL = """
import fcntl, os, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execv(sys.executable, [sys.executable, "-m", "batchpack", *sys.argv[1:]])
"""
