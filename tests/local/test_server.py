"""The server and its channel: orders of any size arrive whole, and it ends with its session."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from batchpack.local import server
from tests.local.ground import attempt, play


@pytest.mark.parametrize("size", [10, server.LARGEST * 4])
def test_orders_arrive_whole(tmp_path: Path, size: int) -> None:
    """Small ones come by the channel, large ones by a file that is gone afterwards; None tells the end."""
    ours, theirs = server.pair()
    order = {"folder": str(tmp_path), "argv": ["x" * size, "\udcff", "é"]}
    with ours, theirs:
        server.send(ours, order)
        received = server.receive(theirs)
        ours.close()

        assert order == received
        assert server.receive(theirs) is None
    assert [] == list(tmp_path.iterdir())


def test_a_long_command_is_carried_out(tmp_path: Path) -> None:
    """A command longer than a message reaches its program."""
    (end,) = play(tmp_path / "run", attempt(tmp_path, f"printf %s {'x' * 100_000} | wc -c")).values()

    assert end.out is not None
    assert "100000" == end.out.read_text().strip()


def test_it_starts_alone_and_ends_with_its_channel(tmp_path: Path) -> None:
    """It needs the standard library alone, and goes when nobody holds the other end."""
    ours, theirs = server.pair()
    argv = [sys.executable, "-I", "-S", server.__file__]
    with theirs, subprocess.Popen(argv, stdin=theirs.fileno(), stderr=subprocess.PIPE, cwd=tmp_path) as process:
        theirs.close()
        assert process.poll() is None
        ours.close()
        _, err = process.communicate(timeout=20)

    assert (0, b"") == (process.returncode, err)


def test_keepers_take_one_attempt_after_another(tmp_path: Path) -> None:
    """Attempts that come one by one share keepers: fewer processes than attempts."""
    works = [attempt(tmp_path, "echo $PPID", number=number) for number in range(1, 31)]

    ends = play(tmp_path / "run", *works)

    keepers = {end.out.read_text() for end in ends.values() if end.out}
    assert 1 <= len(keepers) < 30
    assert str(os.getpid()) not in keepers
