"""Programs that end when we do: between us and each stands a small one that kills it as soon as we are gone."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from batchpack import process

LIFELINE = Path(__file__).with_name("lifeline.py")


def run(
    argv: Sequence[str],
    *,
    cwd: Path,
    env: Mapping[str, str],
    files: tuple[Path | None, Path, Path],
    timeout: float,
    stop: Callable[[], bool] = lambda: False,
) -> process.Watched:
    """Run a program, its input, output and errors in files; when this process dies, so does the program's group.

    At the time-out in seconds, and when `stop` says so, it is asked to end, then killed. A program that cannot be
    started ends with 127. Raises ProgramFailed, or OSError where its files cannot be opened.
    """
    stdin, out, err = files
    ours, theirs = os.pipe()
    try:
        command = (sys.executable, "-I", str(LIFELINE), str(ours), *argv)
        with Path(stdin or os.devnull).open("rb") as read, out.open("wb") as written, err.open("wb") as said:
            child = process.spawn(command, (read, written, said), cwd=cwd, env=env, held=ours)
        os.close(ours)
        ours = -1
        return process.end(child, time.monotonic() + timeout, stop)
    finally:
        if ours >= 0:
            os.close(ours)
        os.close(theirs)
