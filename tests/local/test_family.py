"""The processes of an attempt are found wherever they went, and strangers are left alone."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from batchpack.local import family
from tests.local.ground import until
from tests.support.project import ROOT

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs /proc")


@contextmanager
def running(script: str, **env: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a shell script in a session of its own, and end all of it."""
    with subprocess.Popen(["/bin/sh", "-c", script], env={**os.environ, **env}, start_new_session=True) as process:
        try:
            yield process
        finally:
            family.tell_group(process.pid, signal.SIGKILL)


def test_descendants_are_found_whatever_their_session(tmp_path: Path) -> None:
    """Children and theirs are listed, those in other sessions too."""
    with running("setsid sh -c 'sleep 50 & wait' & sleep 51 & wait") as process:
        until(lambda: len(family.descendants(process.pid)) >= 3)
        found = family.descendants(process.pid)
        for pid in found:
            family.tell(pid, signal.SIGKILL)

    assert 3 <= len(found) <= 4


def test_marks_are_inherited_and_exact(tmp_path: Path) -> None:
    """A process is known by the folder that it inherited, a longer one being another's."""
    with running("sleep 50 & wait", **{family.MARK: f"{tmp_path}/t-1"}) as process:
        until(lambda: len(family.marked(f"{tmp_path}/t-1")) == 2)

        assert [] == family.marked(f"{tmp_path}/t-11")
        assert process.pid in family.marked(f"{tmp_path}/t-1")


def test_the_rest_of_an_attempt_is_ended(tmp_path: Path) -> None:
    """What is marked goes, and what descends from the program goes though it took its mark off."""
    with running("env -i setsid sleep 50 & sleep 51 & wait", **{family.MARK: str(tmp_path)}) as process:
        until(lambda: len(family.descendants(process.pid)) == 2)
        found = family.descendants(process.pid)
        left = family.end_rest(str(tmp_path), process.pid, family.start_time(process.pid), 5)

    assert [] == left
    until(lambda: [""] * 2 == [family.start_time(pid) for pid in found])


def test_another_process_with_the_number_is_left_alone(tmp_path: Path) -> None:
    """A number that now names a later process gets no signal."""
    with running("sleep 50") as process:
        told = family.tell(process.pid, signal.SIGKILL, "1")
        family.end_rest(str(tmp_path), process.pid, "1", 1)

        assert not told
        assert process.poll() is None


def test_those_who_are_gone_are_no_error() -> None:
    """Signals to dead processes and groups tell that there was nobody."""
    with running("true") as process:
        process.wait()

    assert [False, False, ""] == [
        family.tell(process.pid, 0),
        family.tell_group(process.pid, 0),
        family.start_time(process.pid),
    ]


def test_a_start_of_the_machine_has_a_name() -> None:
    """It is the same each time one asks."""
    assert family.boot() == family.boot() != ""


def test_orphans_can_be_adopted() -> None:
    """A process that asks for it becomes the parent of its grandchildren."""
    script = (
        "import os, time\n"
        "from batchpack.local import family\n"
        "assert family.adopt_orphans()\n"
        "if os.fork() == 0:\n"
        "    if os.fork() == 0: time.sleep(0.1)\n"
        "    os._exit(0)\n"
        "print([os.wait()[1] for _ in range(2)])"
    )

    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)

    assert ("[0, 0]\n", "") == (done.stdout, done.stderr)
