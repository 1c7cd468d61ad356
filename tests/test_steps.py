"""Steps: a line runs as it was written, without terminal or input, its output capped, and nothing stays behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batchpack import steps
from batchpack.errors import Unwritable

LINUX = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="processes are found again through /proc")


def run(command: str, folder: Path, timeout: float = 20, limit: int = steps.OUTPUT_LIMIT) -> steps.Step:
    """Run a line in a folder."""
    return steps.run(command, folder / "logs" / "1.txt", cwd=folder, timeout=timeout, limit=limit)


def alive(pid: int) -> bool:
    """Tell whether a process runs."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def gone(pid: int) -> bool:
    """Wait a little for a process to be gone."""
    end = time.monotonic() + 5
    while alive(pid) and time.monotonic() < end:
        time.sleep(0.01)
    return not alive(pid)


def test_a_line_runs_as_it_was_written(tmp_path: Path) -> None:
    """Pipes, quotes and variables mean what they mean in sh, and both streams are kept in their order."""
    step = run("printf '%s\\n' \"a b\" | tr a-z A-Z; echo no >&2; exit 3", tmp_path)

    assert (3, "itself", False, "A B\nno\n") == (step.code, step.end, step.passed, step.out.read_text())


def test_nothing_can_be_asked_of_anybody(tmp_path: Path) -> None:
    """Standard input is at its end, and there is no terminal to read a password from."""
    step = run("cat; if (: < /dev/tty) 2>/dev/null; then echo terminal; else echo none; fi", tmp_path)

    assert (True, "none\n") == (step.passed, step.out.read_text())


def test_what_takes_too_long_is_ended_with_all_it_started(tmp_path: Path) -> None:
    """At its time-out a step and its children are gone, and what it had written is kept."""
    step = run("echo begun; sleep 300 & echo $! > child; wait", tmp_path, timeout=0.5)

    assert ("timeout", False, "begun\n") == (step.end, step.passed, step.out.read_text())
    assert gone(int((tmp_path / "child").read_text()))


def test_a_stop_ends_it(tmp_path: Path) -> None:
    """A step that is to stop ends long before its time-out."""
    began = time.monotonic()
    step = steps.run("sleep 300", tmp_path / "o", cwd=tmp_path, timeout=100, stop=(tmp_path / "o").exists)

    assert "stopped" == step.end
    assert time.monotonic() - began < 20


@LINUX
def test_what_moves_into_a_session_of_its_own_is_ended_too(tmp_path: Path) -> None:
    """A daemon that a line leaves behind is found by its mark, and nobody waits for its output."""
    step = run("setsid sh -c 'echo $$ > child; exec sleep 300' & while [ ! -s child ]; do sleep 0.01; done", tmp_path)

    assert step.passed
    assert step.seconds < 10
    assert gone(int((tmp_path / "child").read_text()))


@LINUX
def test_leftovers_of_a_killed_process_are_ended(tmp_path: Path) -> None:
    """After kill -9 of the process that ran a step, the step is found below its folder and ended; others stay."""
    program = (
        "import sys; from pathlib import Path; from batchpack import steps\n"
        "steps.run('echo $$ > child; exec sleep 300', Path('logs/1.txt').resolve(), cwd=Path('.'), timeout=300)\n"
    )
    runner = subprocess.Popen([sys.executable, "-c", program], cwd=tmp_path)
    other = subprocess.Popen(["sleep", "300"], env={**os.environ, steps.MARK: str(tmp_path / "logs2" / "1.txt")})
    try:
        while not (tmp_path / "child").exists() or not (tmp_path / "child").read_text():
            time.sleep(0.01)
        runner.send_signal(signal.SIGKILL)
        runner.wait()
        left = int((tmp_path / "child").read_text())
        assert alive(left)
        assert 1 == steps.end_leftovers(tmp_path / "logs")
        assert gone(left)
        assert alive(other.pid)
    finally:
        other.kill()
        other.wait()


def test_a_flood_keeps_its_beginning_and_its_end(tmp_path: Path) -> None:
    """Of endless output the file holds the first and the last part, and says what is missing between."""
    step = run("echo first; yes | head -c 3000000; echo last", tmp_path, limit=10_000)
    text = step.out.read_text()

    assert step.passed
    assert text.startswith("first\ny\n")
    assert text.endswith("y\nlast\n")
    assert f"[{3_000_011 - 10_000} bytes are left out here]" in text
    assert len(text) < 10_100


@given(st.lists(st.binary(max_size=40), max_size=30), st.integers(2, 60))
def test_what_is_kept_and_what_is_left_out_add_up(pieces: list[bytes], limit: int) -> None:
    """However output is cut into pieces, the file is all of it, or its two ends with the number of bytes between."""
    import tempfile

    whole = b"".join(pieces)
    with tempfile.TemporaryDirectory() as name:
        with steps.Capped(Path(name, "o"), limit) as output:
            for piece in pieces:
                output.take(piece)
        kept = Path(name, "o").read_bytes()
    if len(whole) <= limit:
        assert whole == kept
    else:
        head, tail = whole[: limit - limit // 2], whole[len(whole) - limit // 2 :]
        assert head + f"\n[{len(whole) - limit} bytes are left out here]\n".encode() + tail == kept


def test_output_that_cannot_be_kept_is_told(tmp_path: Path) -> None:
    """Where a file stands in the way of the folder for output, nothing is run."""
    (tmp_path / "logs").write_text("")

    with pytest.raises(Unwritable, match="cannot write"):
        run("touch ran", tmp_path)
    assert not (tmp_path / "ran").exists()


def test_git_of_a_step_is_that_of_its_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """GIT_DIR of a calling hook does not reach a step, an author's name does."""
    monkeypatch.setenv("GIT_DIR", "/elsewhere")
    monkeypatch.setenv("GIT_AUTHOR_NAME", "Somebody")

    assert "-Somebody-0\n" == run('echo "$GIT_DIR-$GIT_AUTHOR_NAME-$GIT_TERMINAL_PROMPT"', tmp_path).out.read_text()
