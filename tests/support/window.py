"""A program in a terminal of its own, as a person has it before them: keys go in, what is shown comes out."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

CONTROL = re.compile(rb"\x1b\[[0-9;?>]*[a-zA-Z]|\x1b\][^\x07]*\x07|\x1b[=>()][0-9A-B]?")
SIZE = struct.pack("HHHH", 40, 140, 0, 0)
OWN_TERMINAL = """
import fcntl, os, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execvp(sys.argv[1], sys.argv[1:])
"""


class Window:
    """A terminal with a program in it."""

    def __init__(self, terminal: int) -> None:
        self._terminal, self._raw = terminal, b""

    def shown(self) -> str:
        """Return all that was ever shown, without the signs that place and colour it."""
        return CONTROL.sub(b" ", self._raw).decode(errors="replace")

    def type(self, keys: str) -> None:
        """Press keys."""
        os.write(self._terminal, keys.encode())

    def until(self, met: Callable[[], object], seconds: float, keys: str = "") -> bool:
        """Read on until a condition is met, pressing these keys every two seconds; False when time is over."""
        end, press = time.monotonic() + seconds, time.monotonic()
        while not (found := met()) and time.monotonic() < end:
            if keys and time.monotonic() >= press:
                self.type(keys)
                press = time.monotonic() + 2
            self._read()
        return bool(found)

    def _read(self) -> None:
        """Take what is shown now."""
        if select.select([self._terminal], [], [], 0.2)[0]:
            self._raw += os.read(self._terminal, 65536)


@contextmanager
def opened(argv: Sequence[str], folder: Path, environment: Mapping[str, str]) -> Iterator[Window]:
    """Open a program in a window of 140 columns; it is ended with the window."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, SIZE)
    child = subprocess.Popen(
        [sys.executable, "-c", OWN_TERMINAL, *argv], cwd=folder, env={**environment, "TERM": "xterm-256color"},
        stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True,
    )  # fmt: skip
    os.close(theirs)
    try:
        yield Window(ours)
    finally:
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()
        os.close(ours)
