"""The only room that starts programs: argv lists, never a shell string."""

from __future__ import annotations

import os
import selectors
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Literal, cast

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


class Aside:
    """A program in a session of its own, mute, with an open file as its standard input; it outlives us if it wants to.

    Raises ProgramFailed when it cannot be started.
    """

    def __init__(self, argv: Sequence[str], *, stdin: int, cwd: Path) -> None:
        mute = subprocess.DEVNULL
        try:
            self._child = subprocess.Popen(
                tuple(argv), cwd=cwd, stdin=stdin, stdout=mute, stderr=mute, start_new_session=True
            )
        except OSError as error:
            raise ProgramFailed(Completed(tuple(argv), 127, "", str(error)), "it could not be started") from error
        self.pid = self._child.pid

    def alive(self) -> bool:
        """Tell whether it runs."""
        return self._child.poll() is None

    def await_end(self, seconds: float) -> bool:
        """Wait for its end; one that takes longer is killed. Tells whether it ended by itself."""
        try:
            self._child.wait(seconds)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()
            return False
        return True


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


@contextmanager
def output_of(argv: Sequence[str], *, cwd: Path) -> Iterator[IO[bytes]]:
    """Hand on a program's standard output while it runs, without input; at the end of the block it must be read whole.

    Raises ProgramFailed when it cannot be started, and at the end when it ended badly, with what it said beside.
    """
    command = tuple(argv)
    with tempfile.TemporaryFile() as said:
        try:
            child = subprocess.Popen(
                command, cwd=cwd, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=said, start_new_session=True
            )
        except OSError as error:
            raise ProgramFailed(Completed(command, 127, "", str(error)), "it could not be started") from error
        try:
            with cast("IO[bytes]", child.stdout) as out:
                yield out
        except BaseException:
            kill_group(child.pid)
            child.wait()
            raise
        code = child.wait()
        if code != 0:
            said.seek(0)
            raise ProgramFailed(Completed(command, code, "", said.read(2000).decode(errors="replace")))


def kill_group(pid: int) -> None:
    """Kill a process group that `run` started; one that has ended already is fine."""
    try:
        os.killpg(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


GRACE_SECONDS = 2.0
"""How long a program that took too long may take to end by itself before it is killed."""
TICK_SECONDS = 0.2
"""How often a watched program's caller is asked whether to stop it."""


@dataclass(frozen=True, slots=True)
class Watched:
    """How a watched program ended: its exit code (negative: the signal), and by whose will."""

    code: int
    end: Literal["itself", "timeout", "stopped"]


def watch(
    argv: Sequence[str],
    take: Callable[[bytes], object],
    *,
    cwd: Path,
    env: Mapping[str, str],
    timeout: float,
    stop: Callable[[], bool] = lambda: False,
    stdin: IO[bytes] | None = None,
) -> Watched:
    """Run a program in a session of its own, without a terminal; `take` gets all it writes, as it writes.

    Without `stdin` it has no input; with it, standard error is let go. At its end, at the time-out and at a `stop` its
    process group is killed; of who left it only the output is no longer waited for. Raises ProgramFailed at no start.
    """
    command = tuple(argv)
    try:
        child = subprocess.Popen(
            command, cwd=cwd, env=dict(env), stdin=stdin or subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL if stdin else subprocess.STDOUT, bufsize=0, start_new_session=True,
        )  # fmt: skip
    except OSError as error:
        raise ProgramFailed(Completed(command, 127, "", str(error)), "it could not be started") from error
    with cast("IO[bytes]", child.stdout) as stream:
        try:
            end = _pump(child, stream.fileno(), take, time.monotonic() + timeout, stop)
            if end != "itself":
                _ask_to_end(child.pid)
                _pump(child, stream.fileno(), take, time.monotonic() + GRACE_SECONDS, lambda: False)
        finally:
            kill_group(child.pid)  # before the child is reaped: until then nobody else can get its number
            code = child.wait()
        _drain(stream.fileno(), take)
    return Watched(code, end)


def _pump(
    child: subprocess.Popen[bytes], out: int, take: Callable[[bytes], object], deadline: float, stop: Callable[[], bool]
) -> Literal["itself", "timeout", "stopped"]:
    """Hand on what a child writes until it ends; its end is seen without reaping it."""
    with selectors.DefaultSelector() as waiting:
        waiting.register(out, selectors.EVENT_READ)
        while not _has_ended(child):
            left = deadline - time.monotonic()
            if left <= 0:
                return "timeout"
            if stop():
                return "stopped"
            for _ in waiting.select(min(left, TICK_SECONDS, 0.02 if not waiting.get_map() else 1.0)):
                data = os.read(out, 1 << 16)
                if data:
                    take(data)
                else:
                    waiting.unregister(out)
    return "itself"


def _has_ended(child: subprocess.Popen[bytes]) -> bool:
    """Tell whether a child has ended, leaving it to be reaped where the system can."""
    if not hasattr(os, "waitid"):  # macOS
        return child.poll() is not None
    return os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def _drain(out: int, take: Callable[[bytes], object]) -> None:
    """Hand on what still stands in a pipe, whoever else holds it open: at most as much as a pipe holds."""
    os.set_blocking(out, False)
    for _ in range(32):
        try:
            data = os.read(out, 1 << 16)
        except BlockingIOError:
            return
        if not data:
            return
        take(data)


def _ask_to_end(pid: int) -> None:
    """Ask a process group to end."""
    try:
        os.killpg(pid, signal.SIGTERM)
    except ProcessLookupError:
        return


def spawn(
    argv: Sequence[str], files: tuple[IO[bytes], IO[bytes], IO[bytes]], *, cwd: Path, env: Mapping[str, str], held: int
) -> subprocess.Popen[bytes]:
    """Start a program in a session of its own with files for its input, output and errors; it keeps the pipe `held`.

    The caller waits for its end and kills its group. Raises ProgramFailed when it cannot be started.
    """
    command = tuple(argv)
    read, out, err = files
    try:
        return subprocess.Popen(
            command, cwd=cwd, env=dict(env), stdin=read, stdout=out, stderr=err, pass_fds=(held,),
            start_new_session=True,
        )  # fmt: skip
    except OSError as error:
        raise ProgramFailed(Completed(command, 127, "", str(error)), "it could not be started") from error


def _await(
    child: subprocess.Popen[bytes], deadline: float, stop: Callable[[], bool]
) -> Literal["itself", "timeout", "stopped"]:
    """Wait for a child's end without reaping it."""
    pause = 0.01
    while not _has_ended(child):
        if stop() or time.monotonic() >= deadline:
            return "timeout" if time.monotonic() >= deadline else "stopped"
        time.sleep(pause)
        pause = min(TICK_SECONDS, pause * 1.5)
    return "itself"


def end(child: subprocess.Popen[bytes], deadline: float, stop: Callable[[], bool]) -> Watched:
    """Await a spawned program until a moment of the monotonic clock or a `stop`; what is left of its group is ended."""
    try:
        how = _await(child, deadline, stop)
        if how != "itself":
            _ask_to_end(child.pid)
            _await(child, time.monotonic() + GRACE_SECONDS, lambda: False)
    finally:
        kill_group(child.pid)
        code = child.wait()
    return Watched(code, how)
