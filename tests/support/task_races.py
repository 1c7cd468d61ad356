"""Races and crashes of the task CLI: many real processes at once, and kill -9 right before each step of a write."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import Any

from batchpack.tasks import store, texts
from batchpack.tasks.changes import completing
from batchpack.tasks.loading import load
from batchpack.tasks.validate import validate
from batchpack.tasks.values import Refused
from tests.support.project import ROOT, Project
from tests.support.tasks import TASK_CLI, read, subtask, write_feature

STEPS = frozenset(
    {"open", "write", "flush", "fchmod", "fsync", "replace", "rename", "flock", "close", "unlink", "read"}
)
"""Calls of C functions that a process is killed before."""


def race(project: Project, commands: list[list[str]]) -> list[tuple[int, float, str]]:
    """Start all commands at once; returns code, the seconds that its caller waited and standard error of each."""

    def wait_for(words: list[str]) -> tuple[int, float, str]:
        begun = time.perf_counter()
        done = subprocess.run(
            [TASK_CLI, *words], cwd=project.folder, env=project.environment(), stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE, text=True, check=False, timeout=120,
        )  # fmt: skip
        return done.returncode, time.perf_counter() - begun, done.stderr

    with ThreadPoolExecutor(len(commands)) as pool:
        return list(pool.map(wait_for, commands))


def race_of_completes(project: Project, tasks: Path, feature: str, width: int = 16) -> list[float]:
    """Let processes complete one subtask each of a fresh feature at once; nothing may get lost.

    Returns the seconds that each one's caller waited.
    """
    seqs = [f"{number:02d}" for number in range(1, width + 1)]
    folder = write_feature(tasks, feature, *(subtask(feature, seq) for seq in seqs))
    ended = race(project, [["complete", feature, seq, f"did {seq}"] for seq in seqs])
    assert [] == [said for code, _, said in ended if code or said]
    assert width == read(folder / "task.json")["completed_count"]
    assert [f"did {seq}" for seq in seqs] == [
        read(folder / f"subtask_{seq}.json")["completion_summary"] for seq in seqs
    ]
    assert sorted(["task.json", *(f"subtask_{seq}.json" for seq in seqs)]) == sorted(f.name for f in folder.iterdir())
    return [seconds for _, seconds, _ in ended]


def complete_killed(project: Project, feature: str, seq: str, step: int) -> int:
    """Complete a subtask in a process that is killed before its n-th step; returns its code, -9 when it was killed."""
    argv = [sys.executable, "-m", "tests.support.task_races", str(step), "complete", feature, seq, f"did {seq}"]
    return project.execute(argv, env={"PYTHONPATH": str(ROOT)}).code


def check_after_kill(folder: Path, seq: str) -> None:
    """Assert that files are whole and counts right after a kill, and that the next try ends the work."""
    tasks, name = folder.parent, folder.name
    files = [read(file) for file in sorted(folder.glob("*.json"))]
    done = sum(each["status"] == "completed" for each in files)
    assert len(files) == read(folder / "task.json")["subtask_count"] + 1
    assert f"({done}/{len(files) - 1})" in "".join(texts.status(load(tasks, name)))
    assert [] == [each.text for each in validate(tasks, name) if each.error]
    with suppress(Refused):  # it was completed already
        store.change(tasks, name, seq, completing(f"did {seq}"))
    assert read(folder / f"subtask_{seq}.json")["completion_summary"] == f"did {seq}"
    done = sum(read(file)["status"] == "completed" for file in folder.glob("subtask_*.json"))
    assert done == read(folder / "task.json")["completed_count"]
    assert [] == [file.name for file in folder.iterdir() if file.suffix == ".tmp"]


def _kill_before(step: int) -> None:
    """Kill this process right before its n-th step, counted from the first lock on."""
    left = step
    locked = False

    def watch(frame: FrameType, event: str, function: Any) -> None:
        nonlocal left, locked
        if event != "c_call" or getattr(function, "__name__", "") not in STEPS:
            return
        locked = locked or function.__name__ == "flock"
        if locked:
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.setprofile(watch)


if __name__ == "__main__":
    from batchpack.cli import task_main

    _kill_before(int(sys.argv[1]))
    sys.argv[1:2] = []
    task_main()
