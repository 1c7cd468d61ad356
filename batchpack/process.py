"""The only room that starts programs: argv lists, never a shell string."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from batchpack.errors import BatchpackError


@dataclass(frozen=True, slots=True)
class Completed:
    """What a program left: exit code (negative: the signal that ended it), standard output and error."""

    argv: tuple[str, ...]
    code: int
    out: str
    err: str


class ProgramFailed(BatchpackError):
    """A program ended badly, could not be started or took too long; shows the command, its code and what it said."""

    def __init__(self, done: Completed, reason: str = "") -> None:
        said = (done.err.strip() or done.out.strip())[-2000:]
        super().__init__(f"{' '.join(done.argv[:4])} failed: {reason or f'exit code {done.code}'}", said)
        self.completed = done


def find(name: str, path: str | None = None) -> str | None:
    """Return the absolute path of a program on PATH (or on the given search path), or None."""
    return shutil.which(name, path=path)


def run(
    argv: Sequence[str],
    *,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    stdin: str = "",
    timeout: float = 60.0,
    check: bool = True,
) -> Completed:
    """Run a program to its end in its own process group; after `timeout` seconds the group is killed.

    Raises ProgramFailed when it cannot be started, times out, or (with `check`) exits non-zero.
    """
    command = tuple(argv)
    try:
        child = subprocess.Popen(
            command,
            cwd=cwd,
            env=None if env is None else dict(env),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            start_new_session=True,
        )
    except OSError as error:
        raise ProgramFailed(Completed(command, 127, "", str(error)), "it could not be started") from error
    done = _finish(child, command, stdin, timeout)
    if check and done.code != 0:
        raise ProgramFailed(done)
    return done


def _finish(child: subprocess.Popen[str], command: tuple[str, ...], stdin: str, timeout: float) -> Completed:
    """Feed and await a child; on time-out or interrupt its whole group is killed."""
    try:
        out, err = child.communicate(stdin, timeout=timeout)
    except subprocess.TimeoutExpired as error:
        kill_group(child.pid)
        out, err = child.communicate()
        raise ProgramFailed(Completed(command, -9, out, err), f"no end after {timeout:.0f} s") from error
    except BaseException:
        kill_group(child.pid)
        child.wait()
        raise
    return Completed(command, child.returncode, out, err)


def kill_group(pid: int) -> None:
    """Kill a process group that `run` started; one that has ended already is fine."""
    try:
        os.killpg(pid, signal.SIGKILL)
    except ProcessLookupError:
        return
