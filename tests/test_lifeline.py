"""The program between us and another one."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from batchpack import lifeline


def through(*argv: str) -> subprocess.CompletedProcess[str]:
    """Run a program through it, with a pipe that stays open."""
    ours, theirs = os.pipe()
    try:
        command = [sys.executable, "-I", str(Path(lifeline.__file__)), str(ours), *argv]
        return subprocess.run(command, pass_fds=(ours,), capture_output=True, text=True, check=False, timeout=30)
    finally:
        os.close(ours)
        os.close(theirs)


def test_words_and_codes_go_through() -> None:
    """A program gets its words as they are, and its code is handed on; a signal counts as 128 and its number."""
    assert "$(x) a b\n" == through("printf", "%s\n", "$(x) a b").stdout
    assert 7 == through("/bin/sh", "-c", "exit 7").returncode
    assert 128 + 15 == through("/bin/sh", "-c", "kill -TERM $$").returncode


def test_a_program_that_is_not_there_is_told() -> None:
    """What cannot be started ends with 127 and its name."""
    done = through("/nowhere/program")

    assert (lifeline.NOT_STARTED, True) == (done.returncode, "/nowhere/program: No such file" in done.stderr)
