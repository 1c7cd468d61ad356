"""Figures shown again and again."""

from __future__ import annotations

import os
import pty
import signal
import subprocess

from tests.support.metrics import DOOR
from tests.support.project import Project

WORDS = [*DOOR, "--watch", "0.2", "--by", "batch"]


def test_watching_prints_what_changed(project: Project) -> None:
    """Without a terminal a page for each change, with its time; an interrupt ends it."""
    child = subprocess.Popen(
        WORDS, cwd=project.folder, env=project.environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    first = [child.stdout.readline() for _ in range(2)]
    project.run("start", "--host", "opencode", "Write docs").assert_ok()
    again = [child.stdout.readline() for _ in range(3)]
    child.send_signal(signal.SIGINT)
    _, said = child.communicate(timeout=30)

    assert ("--- ", "Nothing is recorded.\n") == (first[0][:4], first[1])
    assert ["--- ", "run "] == [line[:4] for line in again[:2]]
    assert "Batch 1" in again[2]
    assert (130, True) == (child.returncode, "interrupted; nothing was lost" in said)


def test_watching_paints_in_place(project: Project) -> None:
    """On a terminal the page is painted anew, with the time and how to end it; nothing of it stays behind."""
    ours, theirs = pty.openpty()
    env = project.environment({"TERM": "xterm", "COLUMNS": "80", "LINES": "24"})
    child = subprocess.Popen(WORDS, cwd=project.folder, env=env, stdin=theirs, stdout=theirs, stderr=theirs)
    os.close(theirs)
    said = b""
    while said.count(b"Nothing is recorded.") < 2:
        said += os.read(ours, 4096)
    child.send_signal(signal.SIGINT)
    try:
        while piece := os.read(ours, 4096):
            said += piece
    except OSError:
        pass  # the other end is closed
    os.close(ours)

    assert 130 == child.wait(timeout=30)
    assert b"Ctrl-C ends it" in said
    assert b"\x1b[2K" in said.rpartition(b"Nothing is recorded.")[2], "the last page is taken away"
