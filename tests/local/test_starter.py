"""The session's end of the server."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from batchpack.local import family, records
from batchpack.local.starter import Starter
from tests.local.ground import until


def order(folder: Path) -> dict[str, object]:
    """Return an order for the shortest program."""
    folder.mkdir()
    words: dict[str, object] = {
        "argv": ["/bin/true"],
        "cwd": "/",
        "env": {},
        "stdin": None,
        "timeout": 9,
        "limit": 9,
        "wake": "/dev/null",
    }
    return {"folder": str(folder), **words}


def test_a_server_is_replaced(tmp_path: Path) -> None:
    """One that was killed is known to be dead, and another takes orders."""
    starter = Starter(tmp_path)
    first = starter.pid
    os.kill(first, signal.SIGKILL)
    until(lambda: not starter.alive())
    refused = starter.send(order(tmp_path / "a"))
    starter.replace()
    taken = starter.send(order(tmp_path / "b"))
    starter.close()

    assert [False, True] == [refused, taken]
    until(lambda: records.present(str(tmp_path / "b"), records.VERDICT))
    assert not records.present(str(tmp_path / "a"), records.VERDICT)


def test_closing_loses_no_order(tmp_path: Path) -> None:
    """What was handed over is carried out though the channel is closed at once, and no process stays."""
    starter = Starter(tmp_path)
    folders = [tmp_path / str(number) for number in range(20)]
    for folder in folders:
        assert starter.send(order(folder))
    starter.close()

    for folder in folders:
        until(lambda folder=folder: records.present(str(folder), records.VERDICT))  # type: ignore[misc]
    assert "" == family.start_time(starter.pid)
