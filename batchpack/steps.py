"""Lines for the shell that must end with 0: run without terminal and input, watched, capped, and never left behind."""

from __future__ import annotations

import os
import signal
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Self

from batchpack import process
from batchpack.errors import Unwritable

MARK = "BATCHPACK_STEP"
"""The variable by which the processes of a step are found again, whoever started and left them."""
OUTPUT_LIMIT = 2_000_000
"""Bytes of output that are kept of a step: one half from its beginning, one from its end."""
ENVIRONMENT_PIECE = 1 << 17
"""Bytes that are read of a process's variables at once; more room would cost more time than the reading."""
QUIET: Mapping[str, str] = {
    "GIT_TERMINAL_PROMPT": "0", "GIT_EDITOR": "true", "EDITOR": "true", "VISUAL": "true", "PAGER": "cat",
    "GIT_PAGER": "cat", "TERM": "dumb",
}  # fmt: skip
"""Variables that keep programs from asking somebody who is not there."""


@dataclass(frozen=True, slots=True)
class Step:
    """A line that was run: its exit code (negative: the signal), seconds, and the file with its output."""

    command: str
    code: int
    seconds: float
    end: Literal["itself", "timeout", "stopped"]
    out: Path

    @property
    def passed(self) -> bool:
        """Tell whether it ended by itself with 0."""
        return self.code == 0 and self.end == "itself"


def run(
    command: str,
    out: Path,
    *,
    cwd: Path,
    timeout: float,
    env: Mapping[str, str] | None = None,
    stop: Callable[[], bool] = lambda: False,
    limit: int = OUTPUT_LIMIT,
) -> Step:
    """Run a line as its author wrote it, by `/bin/sh -c`, with both streams into the file `out`.

    `env` is the whole environment (None: that of this process, without git's variables). All that the line started
    is ended with it. Raises Unwritable when the output cannot be kept, and ProgramFailed when there is no shell.
    """
    began = time.monotonic()
    variables = {**(plain_environment() if env is None else env), **QUIET, MARK: str(out)}
    try:
        with Capped(out, limit) as output:
            ended = process.watch(
                ["/bin/sh", "-c", command], output.take, cwd=cwd, env=variables, timeout=timeout, stop=stop
            )
    except OSError as error:
        raise Unwritable(out, error.strerror or str(error)) from error
    finally:
        end_leftovers(out)
    return Step(command, ended.code, time.monotonic() - began, ended.end, out)


def plain_environment() -> dict[str, str]:
    """Return this process's environment without git's variables, which would lead a command to another repository."""
    kept = ("GIT_AUTHOR_", "GIT_COMMITTER_", "GIT_CONFIG_", "GIT_SSH")
    return {name: value for name, value in os.environ.items() if not name.startswith("GIT_") or name.startswith(kept)}


class Capped:
    """A file for output of any length: its beginning as it comes, its end when it is closed, nothing between."""

    def __init__(self, path: Path, limit: int) -> None:
        self.path, self._left, self._half = path, limit - limit // 2, limit // 2
        self._tail, self._kept, self._dropped = deque[bytes](), 0, 0

    def __enter__(self) -> Self:
        """Begin the file anew."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._stream = self.path.open("wb", buffering=0)
        return self

    def take(self, data: bytes) -> None:
        """Take in more output."""
        if self._left:
            self._stream.write(data[: self._left])
            data, self._left = data[self._left :], max(0, self._left - len(data))
        if data:
            self._tail.append(data)
            self._kept += len(data)
        while self._tail and self._kept - len(self._tail[0]) >= self._half:
            gone = self._tail.popleft()
            self._kept -= len(gone)
            self._dropped += len(gone)

    def __exit__(self, *_: object) -> None:
        """Write the end and say how much is missing before it."""
        with self._stream:
            tail = b"".join(self._tail)
            cut = max(0, len(tail) - self._half)
            if self._dropped + cut:
                self._stream.write(f"\n[{self._dropped + cut} bytes are left out here]\n".encode())
            self._stream.write(tail[cut:])


def end_leftovers(where: Path) -> int:
    """Kill processes of steps whose output is `where` or below it; returns how many there were (0 without /proc)."""
    ended, path = set[int](), os.fsencode(where)
    for _ in range(5):  # one that is killed may have started another meanwhile, and is still seen while it dies
        found = {pid for pid in _numbers() if _end(pid, path)}
        if not found - ended:
            break
        ended |= found
    return len(ended)


def _numbers() -> list[int]:
    """List the numbers of all processes but this one."""
    try:
        names = os.listdir("/proc")  # noqa: PTH208 - called after each step
    except OSError:
        return []
    return [int(name) for name in names if name.isdigit() and int(name) != os.getpid()]


def _end(pid: int, where: bytes) -> bool:
    """Kill a process if it is one of the steps'; the handle makes sure that it is still the one that was looked at."""
    if not _is_of(pid, where):
        return False
    try:
        handle = os.pidfd_open(pid)
    except (OSError, AttributeError):
        return False
    try:
        if not _is_of(pid, where):
            return False
        signal.pidfd_send_signal(handle, signal.SIGKILL)
    except OSError:
        return False
    finally:
        os.close(handle)
    return True


def _is_of(pid: int, where: bytes) -> bool:
    """Tell whether a process has a step's mark for this path or one below it."""
    try:
        handle = os.open(f"/proc/{pid}/environ", os.O_RDONLY)
    except OSError:
        return False
    try:
        environment = b"\0"
        while piece := os.read(handle, ENVIRONMENT_PIECE):
            environment += piece
    except OSError:
        return False
    finally:
        os.close(handle)
    key = b"\0" + MARK.encode() + b"=" + where
    at = environment.find(key)
    return at >= 0 and environment[at + len(key) : at + len(key) + 1] in {b"\0", b"/", b""}
