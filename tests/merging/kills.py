"""Mergers that are killed with SIGKILL just before their n-th act: a start of a program, or a commit of the journal.

`python -m tests.merging.kills FOLDER LINE` takes one step with a gate line, in the ground at a folder.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterable
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

from batchpack.merging.merger import Merger
from batchpack.merging.queue import Queue
from tests.merging.ground import TARGET, Ground

GATE = "! grep -qs bad *.txt"
EXPECTED = {"good": "merged", "also": "merged", "late": "conflict", "bad": "culprit"}


def all_ways(ground: Ground, numbers: Iterable[int]) -> int:
    """Kill a step before each of these acts, take another, and check the outcome; return how many were killed."""
    whole = step(ground.root.parent, GATE)
    killed = 0
    for number in numbers:
        renew(ground)
        if not killed_at(number, ground.root.parent):
            break
        killed += 1
        step(ground.root.parent, GATE)
        check(ground, whole, number)
    return killed


def fill(ground: Ground) -> None:
    """Queue work of each kind: two that go together, one in conflict with the first, one that breaks the gate."""
    ground.add("good", {"a.txt": "good\n"}, priority=3)
    ground.add("bad", {"c.txt": "bad\n"}, priority=2)
    ground.add("late", {"a.txt": "late\n"}, priority=1)
    ground.add("also", {"d.txt": "also\n"})


def renew(ground: Ground) -> None:
    """Put the queue and the branch back to where they were."""
    ground.git("update-ref", TARGET, ground.base)
    for words in ("UPDATE merge_entry SET state = 'ready', facts = '{}'", "DELETE FROM merge_green"):
        ground.queue._connection.execute(words)


def check(ground: Ground, whole: Any, number: object) -> None:
    """Hold the outcome to that of an undisturbed step."""
    assert EXPECTED == ground.states(), number
    assert whole.tip == ground.tip, number
    assert "" == ground.git("fsck", "--no-dangling"), number
    assert "" == ground.git("status", "--porcelain"), number
    merges = {one.task: one.merge for one in ground.queue.entries("merged")}
    assert {one.task: one.merge for one in whole.merged} == merges, number


def merger(base: Path, queue: Queue, line: str) -> Merger:
    """Make a merger as the ground at a folder has it."""
    root = base / "project"
    return Merger(root, TARGET, queue, base / "worktrees" / "merge", (line,), 60, base / "run" / "logs")


def step(base: Path, line: str) -> Any:
    """Take a step with a queue of its own."""
    with closing(Queue(base / "run" / "journal.sqlite")) as queue:
        return merger(base, queue, line).step()


def killed_at(number: int, base: Path) -> bool:
    """Take a step in a forked process that dies before its n-th act; tell whether it died of it."""
    child = os.fork()
    if child == 0:
        with suppress(BaseException):
            _live(number, base)
            os._exit(0)
        os._exit(1)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0, "the step failed of itself"
    return os.WIFSIGNALED(status)


def _live(number: int, base: Path) -> None:
    """Take a step in the child, counting its acts."""
    left = [number]

    def count() -> None:
        left[0] -= 1
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    queue = Queue(base / "run" / "journal.sqlite")
    queue._connection.set_trace_callback(lambda words: count() if words == "COMMIT" else None)
    sys.addaudithook(lambda event, _: count() if event == "subprocess.Popen" else None)
    merger(base, queue, GATE).step()
    queue.close()


def alive(pid: int) -> bool:
    """Tell whether a process runs."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def is_sleep_of(process: Path, logs: str) -> bool:
    """Tell whether a process is a `sleep` that a gate with these logs started."""
    try:
        return (
            b"sleep" == (process / "comm").read_bytes().strip() and logs.encode() in (process / "environ").read_bytes()
        )
    except OSError:
        return False


if __name__ == "__main__":
    step(Path(sys.argv[1]), sys.argv[2])
