"""Runs `batchpack` on a pseudo terminal, as a person would, and answers its question."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys

from tests.support.project import Project

QUESTION = b"Go on?"


def on_terminal(project: Project, words: tuple[str, ...], keys: str, code: int) -> str:
    """Press keys when the question comes; returns what was shown, after the exit code was as given."""
    ours, theirs = pty.openpty()
    child = subprocess.Popen(
        [sys.executable, "-c", OWN_TERMINAL, *words], cwd=project.folder, env=project.environment(),
        stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True,
    )  # fmt: skip
    os.close(theirs)
    said = b""
    try:
        while piece := _read(ours, keys if QUESTION in said else ""):
            said += piece
    except OSError:
        pass  # the other end is closed
    os.close(ours)
    assert code == child.wait(), said
    return said.decode()


def _read(terminal: int, keys: str) -> bytes:
    """Return what is shown next; while nothing is, press the keys again and again.

    A key at the very moment of the question was seen to go unnoticed now and then; a person presses it again.
    """
    while not select.select([terminal], [], [], 0.3)[0]:
        os.write(terminal, keys.encode())
    return os.read(terminal, 4096)


OWN_TERMINAL = """
import fcntl, os, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execv(sys.executable, [sys.executable, "-m", "batchpack", *sys.argv[1:]])
"""
"""A session of its own takes the terminal for its own, so that the interrupt key reaches it."""
