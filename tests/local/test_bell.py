"""The bell: heard from any process, waited for without polling, a hint and no more."""

from __future__ import annotations

import asyncio
import os
import time
from pathlib import Path

from batchpack.local import records
from batchpack.local.bell import Bell


def test_names_are_heard(tmp_path: Path) -> None:
    """All names since the last time are told, once."""
    bell = Bell(tmp_path / "bell")
    for name in ("a-1", "b-2", "a-1"):
        records.wake(str(bell.path), name)

    first, second = bell.heard(), bell.heard()
    bell.close()

    assert ({"a-1", "b-2"}, set()) == (first, second)


def test_a_ring_ends_the_wait(tmp_path: Path) -> None:
    """Who waits goes on at once, or when the time is over."""

    async def wait() -> list[float]:
        bell = Bell(tmp_path / "bell")
        begun = time.monotonic()
        await bell.wait(0.05)
        asyncio.get_running_loop().call_later(0.05, records.wake, str(bell.path), "a-1")
        await bell.wait(20)
        bell.close()
        return [time.monotonic() - begun]

    (took,) = asyncio.run(wait())
    assert 0.1 <= took < 10


def test_what_lies_in_its_place_is_replaced(tmp_path: Path) -> None:
    """A file or a link is not taken for the bell, and what the link leads to stays."""
    (tmp_path / "mine").write_text("precious")
    (tmp_path / "bell").symlink_to(tmp_path / "mine")
    bell = Bell(tmp_path / "bell")
    records.wake(str(bell.path), "x")

    heard = bell.heard()
    bell.close()

    assert {"x"} == heard
    assert "precious" == (tmp_path / "mine").read_text()


def test_without_a_pipe_one_looks(tmp_path: Path) -> None:
    """Where no pipe can be made nothing is known, so all are looked at after a short wait."""
    bell = Bell(tmp_path / "missing" / "bell")
    begun = time.monotonic()
    asyncio.run(bell.wait(20))
    heard = bell.heard()
    bell.close()

    assert heard is None
    assert time.monotonic() - begun < 10


def test_nonsense_is_no_error(tmp_path: Path) -> None:
    """Bytes that are no text are heard as some other name."""
    bell = Bell(tmp_path / "bell")
    handle = os.open(bell.path, os.O_WRONLY)
    os.write(handle, b"\xff\n\n")
    os.close(handle)

    heard = bell.heard()
    bell.close()

    assert {"\ufffd"} == heard
