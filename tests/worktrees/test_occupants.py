"""Who works in a folder."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from batchpack.worktrees import occupants

pytestmark = pytest.mark.skipif(not Path("/proc/self/cwd").exists(), reason="the system does not tell")
WAITER = [sys.executable, "-c", "import sys; print(flush=True); sys.stdin.read()"]


def test_a_process_with_its_working_directory_there_is_found(tmp_path: Path) -> None:
    """A process below the folder is found, one beside it is not, and its end is seen."""
    below = tmp_path / "one" / "below"
    below.mkdir(parents=True)
    (tmp_path / "one-more").mkdir()
    with subprocess.Popen(WAITER, cwd=below, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        child.stdout.readline()

        assert (child.pid,) == occupants.of(tmp_path / "one")
        assert () == occupants.of(tmp_path / "one-more")
        assert (child.pid,) == occupants.await_end(tmp_path / "one", 0.1)
        threading.Timer(0.2, lambda: child.communicate(b"")).start()
        assert () == occupants.await_end(tmp_path / "one", 20)


def test_a_git_that_makes_the_folder_is_waited_for(tmp_path: Path) -> None:
    """A program named git that was told the folder counts, another one that was told it does not."""
    place, git = tmp_path / "one", tmp_path / "git"
    git.symlink_to("/bin/sh")
    for program, expected in ((str(git), 1), ("/bin/sh", 0)):
        words = [program, "-c", "echo; read line", "x", f"{place}"]
        with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
            assert child.stdout is not None
            child.stdout.readline()
            assert expected == len(occupants.await_end(place, 0))
            child.communicate(b"\n")
