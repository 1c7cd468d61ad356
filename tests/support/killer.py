"""A process that kills itself with SIGKILL just before its n-th act on the disk."""

from __future__ import annotations

import os
import signal
import stat
import sys
from collections.abc import Callable, Collection
from typing import Literal

Mode = Literal["before", "tear"]
ACTS = {"os.rename", "os.mkdir", "os.symlink", "os.remove", "os.rmdir", "shutil.copyfile", "shutil.rmtree"}
WRITING = os.O_WRONLY | os.O_RDWR


def killed_at(number: int, mode: Mode, act: Callable[[], object], also: Collection[str] = ()) -> bool:
    """Do something in a forked process that dies before its n-th act; tell whether it died of it.

    `before` dies before any act on the disk, `tear` only where something is forced to disk, half of its last line cut.
    `also` names further acts that count, in the words of Python's audit events.
    """
    child = os.fork()
    if child == 0:
        _live(number, mode, act, ACTS.union(also))
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        assert os.WTERMSIG(status) == signal.SIGKILL
        return True
    assert os.WEXITSTATUS(status) == 0, "the act failed of itself"
    return False


def _live(number: int, mode: Mode, act: Callable[[], object], acts: set[str]) -> None:
    """Do it in the child, whose end nothing of the parent's may see."""
    try:
        killer = _Killer(number, mode, acts)
        setattr(os, "fsync", killer.fsync)  # noqa: B010 - mypy knows what os.fsync takes
        sys.addaudithook(killer.hear)
        act()
    except BaseException as error:
        os.write(2, f"{type(error).__name__}: {error}\n".encode())
        os._exit(1)
    os._exit(0)


class _Killer:
    """Counts acts on the disk and ends the process at the n-th."""

    def __init__(self, number: int, mode: Mode, acts: set[str]) -> None:
        self.left, self.mode, self.acts = number, mode, acts
        self._fsync = os.fsync

    def count(self) -> bool:
        """Count one act; tell whether it is the one."""
        self.left -= 1
        return self.left == 0

    def hear(self, event: str, arguments: tuple[object, ...]) -> None:
        """Hear what Python is about to do."""
        writes = event == "open" and isinstance(arguments[2], int) and bool(arguments[2] & WRITING)
        cached = bool(arguments) and "__pycache__" in str(arguments[0])
        if self.mode == "before" and (event in self.acts or writes) and not cached and self.count():
            os.kill(os.getpid(), signal.SIGKILL)

    def fsync(self, handle: int) -> None:
        """Stand in for os.fsync."""
        if self.count():
            if self.mode == "tear" and stat.S_ISREG(os.fstat(handle).st_mode):
                os.ftruncate(handle, _torn(handle))
            os.kill(os.getpid(), signal.SIGKILL)
        self._fsync(handle)


def _torn(handle: int) -> int:
    """Return a size that cuts the last line of an open file in half."""
    with open(f"/proc/self/fd/{handle}", "rb") as stream:  # noqa: PTH123 - an open file's own name
        text = stream.read()
    last = text.rstrip(b"\n").rfind(b"\n") + 1
    return last + (len(text) - last) // 2
