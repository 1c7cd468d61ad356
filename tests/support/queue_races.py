"""Races for one task: processes that wait at a line, start together, and count what they won."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from batchpack.queue import batches, database
from batchpack.queue.store import SqliteQueue
from batchpack.queue.values import Draft
from tests.support.project import ROOT

RACER = """
import sys
from pathlib import Path
from batchpack.queue.store import SqliteQueue
with SqliteQueue(Path(sys.argv[1])) as queue:
    print("ready", flush=True)
    for line in sys.stdin:
        found = queue.claim(sys.argv[2])
        print(found.id if found else "-", flush=True)
"""


def race(folder: Path, width: int, rounds: int) -> list[int]:
    """Let processes race for a fresh task, round after round; returns the number of winners of each."""
    path = batches.make(folder, f"race-{width}") / database.NAME
    words = [sys.executable, "-c", RACER, str(path)]
    racers = [
        subprocess.Popen(
            [*words, f"w{number}"], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
        )
        for number in range(width)
    ]
    try:
        assert ["ready\n"] * width == [_said(racer) for racer in racers]
        with SqliteQueue(path) as queue:
            return [_round(queue, racers, number) for number in range(rounds)]
    finally:
        for racer in racers:
            racer.communicate()


def _round(queue: SqliteQueue, racers: list[subprocess.Popen[str]], number: int) -> int:
    """Add a task, let all race for it, and count the winners; the queue must know the same."""
    name = f"t{number}"
    queue.add([Draft(name)])
    for racer in racers:
        assert racer.stdin is not None
        racer.stdin.write("go\n")
    won = [_said(racer).strip() for racer in racers]
    assert {name, "-"} >= set(won)
    assert (1, 1) == (queue.get(name).token, won.count(name)), (won, queue.get(name), number)
    return won.count(name)


def _said(racer: subprocess.Popen[str]) -> str:
    """Return the next line of a process."""
    assert racer.stdout is not None
    return racer.stdout.readline()
