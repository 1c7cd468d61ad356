"""The main tree while attempts run: nobody but the user may write there, and whoever did is found out."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from batchpack.execution.blame import Change, Suspect, blamed
from batchpack.worktrees import fingerprint
from batchpack.worktrees.repository import Repository

WORDS_BYTES = 200_000
"""How much of an attempt's words is searched for the main tree's path."""


@dataclass(slots=True)
class Watched:
    """An attempt under watch: when it began and ended, what it may change, its words, and what it is blamed for."""

    task: str
    allowed: tuple[str, ...]
    command: str
    words: tuple[Path, ...]
    started: float = field(default_factory=time.time)
    ended: float | None = None
    blamed: list[str] = field(default_factory=list)


class Watch:
    """Compares the main tree with what it was, after each attempt; one look serves all that ended before it."""

    def __init__(
        self, repository: Repository, own: Sequence[Path], target: str, tell: Callable[[list[str]], None]
    ) -> None:
        """Begin to watch; the run itself writes below the paths `own` and moves the ref `target`."""
        self._repository, self._tell, self._apart = repository, tell, (target,)
        mine = [*own, *printed()]
        self._own = [str(path.relative_to(repository.root)) for path in mine if path.is_relative_to(repository.root)]
        self._known = self._take()
        self._looked = 0.0
        self._lock = asyncio.Lock()
        self._present: dict[str, Watched] = {}

    def _take(self) -> fingerprint.Fingerprint:
        """Look at the main tree."""
        return fingerprint.take(self._repository, self._apart)

    async def begin(self, watched: Watched) -> None:
        """Watch an attempt; what changed while none ran is the user's own affair."""
        async with self._lock:
            if not self._present:
                self._known = await asyncio.to_thread(self._take)
                self._looked = time.time()
            self._present[watched.task] = watched

    async def end(self, task: str) -> list[str]:
        """Return the paths of the main tree that an attempt is held responsible for, now that it ended."""
        watched = self._present[task]
        watched.ended = time.time()
        async with self._lock:
            if self._looked < watched.ended:
                await self._look()
            del self._present[task]
        return watched.blamed

    async def _look(self) -> None:
        """Compare the main tree, and blame those who ran for what changed; from then on that is how it is."""
        began = time.time()
        now = await asyncio.to_thread(self._take)
        differences = fingerprint.differences(self._known, now)
        found = [Change(one.path, one.mtime) for one in differences if not self._is_own(one.path)]
        self._known, self._looked = now, began
        if not found:
            return
        self._tell([one.path for one in found])
        suspects = [self._suspect(one) for one in self._present.values()]
        for task, paths in blamed(found, suspects).items():
            self._present[task].blamed += paths

    def _is_own(self, path: str) -> bool:
        """Tell whether the run itself writes a path, such as its notes on tasks."""
        return any(path == own or path.startswith(f"{own}/") for own in self._own)

    def _suspect(self, watched: Watched) -> Suspect:
        """Say of an attempt what helps to find out who it was."""
        main = f"{self._repository.root}/".encode()

        def mentions(_: str) -> bool:
            return main in watched.command.encode() or any(main in _words(path) for path in watched.words)

        return Suspect(watched.task, watched.started, watched.ended, watched.allowed, mentions)


def printed() -> list[Path]:
    """Return the files that our own output goes to, as in `batchpack run plan.yaml > run.log`."""
    found = []
    for number in (1, 2):
        with suppress(OSError):
            found.append(Path(f"/proc/self/fd/{number}").resolve(strict=True))
    return found


def _words(path: Path) -> bytes:
    """Read the end of what an attempt wrote; nothing for a file that is not there."""
    try:
        with path.open("rb") as stream:
            stream.seek(max(0, stream.seek(0, 2) - WORDS_BYTES))
            return stream.read()
    except OSError:
        return b""
