"""Time two commands as whole processes in turn, and print their medians and the ratio."""

from __future__ import annotations

import statistics
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Command:
    """A command to time; `prepare` makes the folder that it runs in, untimed."""

    name: str
    argv: Sequence[str]
    prepare: Callable[[], Path]
    env: Mapping[str, str]


def once(command: Command) -> float:
    """Return the wall seconds of one run; a failing command ends the benchmark with what it said."""
    folder = command.prepare()
    start = time.perf_counter()
    done = subprocess.run(command.argv, cwd=folder, env=dict(command.env), capture_output=True, check=False)
    seconds = time.perf_counter() - start
    if done.returncode != 0:
        raise SystemExit(f"{command.name} failed ({done.returncode}):\n{done.stderr.decode()}{done.stdout.decode()}")
    return seconds


def compare(ours: Command, other: Command, *, rounds: int, aim: float) -> None:
    """Run both in turn after one warm-up each and print the table."""
    for command in (ours, other):
        once(command)
    pairs = [(once(ours), once(other)) for _ in range(rounds)]
    for at, command in enumerate((ours, other)):
        seconds = sorted(pair[at] for pair in pairs)
        print(
            f"{command.name:<55} median {statistics.median(seconds) * 1000:8.1f} ms"
            f"   min {seconds[0] * 1000:8.1f}   max {seconds[-1] * 1000:8.1f}   n={rounds}"
        )
    ratio = statistics.median(pair[0] for pair in pairs) / statistics.median(pair[1] for pair in pairs)
    print(f"ratio of medians {ratio:.2f} (aim: at most {aim:g})")
