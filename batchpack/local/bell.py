"""The bell of a session: a named pipe that keepers write to when they have a verdict."""

from __future__ import annotations

import asyncio
import contextlib
import os
import stat
from pathlib import Path

READ = 65536
POLL_SECONDS = 0.05
"""How long to wait at most where a folder can hold no named pipe."""


class Bell:
    """Waits for keepers, those of a session before this one too; what it hears is a hint, never a fact."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._handles = _open(path)

    def heard(self) -> set[str] | None:
        """Return the names that were written since the last time; None where one cannot know."""
        if not self._handles:
            return None
        data = b""
        with contextlib.suppress(BlockingIOError):
            while piece := os.read(self._handles[0], READ):
                data += piece
        return set(data.decode(errors="replace").split("\n")) - {""}

    async def wait(self, seconds: float) -> None:
        """Wait until it rings, at most this long."""
        if not self._handles:
            await asyncio.sleep(min(seconds, POLL_SECONDS))
            return
        loop = asyncio.get_running_loop()
        rung = asyncio.Event()
        loop.add_reader(self._handles[0], rung.set)
        try:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(rung.wait(), seconds)
        finally:
            loop.remove_reader(self._handles[0])

    def close(self) -> None:
        """Close it; keepers that ring then are not heard, which they do not mind."""
        for handle in self._handles:
            os.close(handle)
        self._handles = []


def _open(path: Path) -> list[int]:
    """Make and open the pipe, its other end too so that it never ends; [] where that cannot be."""
    try:
        if path.is_symlink() or (path.exists() and not stat.S_ISFIFO(path.lstat().st_mode)):
            path.unlink()
        if not path.exists():
            os.mkfifo(path, 0o600)
        flags = os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOFOLLOW
        return [os.open(path, os.O_RDONLY | flags), os.open(path, os.O_WRONLY | flags)]
    except OSError:
        return []
