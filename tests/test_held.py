"""Programs that end when we do."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from batchpack import held
from tests.support.project import ROOT


def run(tmp_path: Path, line: str, *, stdin: Path | None = None, timeout: float = 20.0) -> tuple[int, str]:
    """Run a line of the shell; returns its code and by whose will it ended."""
    ended = held.run(
        ["/bin/sh", "-c", line], cwd=tmp_path, env=os.environ, files=(stdin, tmp_path / "out", tmp_path / "err"),
        timeout=timeout,
    )  # fmt: skip
    return ended.code, ended.end


def is_alive(pid: int) -> bool:
    """Tell whether a process runs."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def test_input_output_and_code_are_as_without_it(tmp_path: Path) -> None:
    """The program reads its file, writes into two, and its exit code comes back."""
    (tmp_path / "in").write_text("text\n")

    assert (4, "itself") == run(tmp_path, "cat; echo no >&2; exit 4", stdin=tmp_path / "in")
    assert ("text\n", "no\n") == ((tmp_path / "out").read_text(), (tmp_path / "err").read_text())


def test_the_whole_group_ends_in_time(tmp_path: Path) -> None:
    """At the time-out what the program started is ended with it."""
    assert "timeout" == run(tmp_path, "sleep 60 & echo $! > pid; wait", timeout=1.0)[1]
    time.sleep(0.2)
    assert not is_alive(int((tmp_path / "pid").read_text()))


def test_a_killed_parent_takes_it_along(tmp_path: Path) -> None:
    """When whoever started it is killed, the program and its children are gone at once."""
    code = f"""
import os, sys
from pathlib import Path
sys.path.insert(0, {str(ROOT)!r})
from batchpack import held
here = Path({str(tmp_path)!r})
held.run(["/bin/sh", "-c", "sleep 60 & echo $! > pid; wait"], cwd=here, env=os.environ,
         files=(None, here / "out", here / "err"), timeout=60)
"""
    parent = subprocess.Popen([sys.executable, "-c", code])
    pid = tmp_path / "pid"
    while not (pid.exists() and pid.read_text().strip()):
        time.sleep(0.02)
    child = int(pid.read_text())
    assert is_alive(child)
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    end = time.monotonic() + 5
    while is_alive(child) and time.monotonic() < end:
        time.sleep(0.02)

    assert not is_alive(child)
