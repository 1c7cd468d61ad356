"""Processes that are at work in a folder, as far as the system tells (Linux does)."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

WAIT_SECONDS = 60.0


def of(place: Path) -> tuple[int, ...]:
    """Return the processes, other than this one, whose working directory lies in a folder."""
    return tuple(pid for pid in _others() if _works_in(pid, place))


def await_end(place: Path, wait: float = WAIT_SECONDS) -> tuple[int, ...]:
    """Wait for the end of those who work in a folder or make it; return those that did not end in `wait` seconds.

    A git that outlived the process which called it goes on making its worktree for a while.
    """
    end = time.monotonic() + wait
    while (found := _makers(place)) and time.monotonic() < end:
        time.sleep(0.05)
    return found


def _makers(place: Path) -> tuple[int, ...]:
    """Return the processes that work in a folder, and the gits that were told of it."""
    return tuple(pid for pid in _others() if _works_in(pid, place) or _is_git_for(pid, place))


def _others() -> Iterator[int]:
    """Number the processes there are, but for this one."""
    try:
        names = os.listdir("/proc")  # noqa: PTH208 - names are all that is wanted
    except OSError:
        return
    yield from (int(name) for name in names if name.isdigit() and int(name) != os.getpid())


def _works_in(pid: int, place: Path) -> bool:
    """Tell whether a process has its working directory in a folder."""
    try:
        return Path(f"/proc/{pid}/cwd").readlink().is_relative_to(place)
    except OSError:
        return False


def _is_git_for(pid: int, place: Path) -> bool:
    """Tell whether a process is a git that has a folder among its words or variables."""
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        known = words + Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except OSError:
        return False
    told = os.fsencode(place)
    return os.path.basename(words[0]) == b"git" and any(told in word for word in known)  # noqa: PTH119 - bytes
