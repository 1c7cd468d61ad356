"""The runs that the dashboard shows, each read again only when its files have changed."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from batchpack.executor import Usage
from batchpack.ledger import place
from batchpack.metrics import attributing, gathering, reading
from batchpack.metrics.values import Record
from batchpack.runs import index, store

T = TypeVar("T")
Files = Callable[[Path], Sequence[Path]]
FILES = ("run.json", "plan.json", "journal.sqlite", "journal.sqlite-wal", "journal.jsonl", "attempts", "results")
EACH_SECONDS = 2.0
"""How often what grows with the clock, such as the bars of attempts at work, is shown anew."""
SHARE = 10
"""Reading a huge run takes at most one part in so many of the time."""


class Runs:
    """The runs of a project (None: of all), with one more that somebody asked for by name."""

    def __init__(self, project: Path | None, plain: Collection[str], asked: Path | None = None) -> None:
        self.project, self._plain, self._asked = project, plain, asked
        self._by_host = set[Path]()

    def folders(self) -> list[Path]:
        """Return the folders of all runs, newest first."""
        if self.project is None:
            found = {entry.folder for entry in index.entries()}
        else:
            found = set(store.of_project(self.project))
        found |= {self._asked} if self._asked else set()
        return sorted(found, key=store.age, reverse=True)

    def folder(self, run: str) -> Path | None:
        """Return the folder of a run by its whole id; None where it is not among those to be shown."""
        return next((folder for folder in self.folders() if folder.name == run), None)

    def read(self, folder: Path) -> tuple[Record, Usage | None]:
        """Read a run, with what is known of its host's agents and of the session itself; raises BrokenFile."""
        record = reading.read(folder, self._plain)
        if not attributing.is_wanting(record):
            return record, None
        self._by_host.add(folder)
        return gathering.known(record)

    def files(self, folder: Path) -> list[Path]:
        """Return the files that change with what is shown of a run."""
        ledger = place()
        known = [ledger, ledger.with_name(f"{ledger.name}-wal")] if folder in self._by_host else []
        return [*(folder / name for name in FILES), *known]

    def wants_news(self) -> bool:
        """Tell whether a run was read of which the host's own records may say more."""
        return bool(self._by_host)


@dataclass(slots=True)
class _Kept(Generic[T]):
    """What was made of a run: of which state of its files, whether it grows with the clock, and what it cost."""

    files: str
    grows: bool
    seconds: float
    made: float
    value: T


class Kept(Generic[T]):
    """What is made of runs, kept for the last `most` of them until it is out of date."""

    def __init__(self, files: Files, make: Callable[[Path], tuple[T, bool]], most: int) -> None:
        self._files, self._make, self._most = files, make, most
        self._known: OrderedDict[Path, _Kept[T]] = OrderedDict()

    def get(self, folder: Path) -> tuple[str, T]:
        """Return what is made of a run, with a word that changes whenever that does."""
        files = stamp(self._files(folder))
        known = self._known.get(folder)
        if known is None or not _holds(known, files):
            begun = time.monotonic()
            value, grows = self._make(folder)
            ended = time.monotonic()
            known = self._known[folder] = _Kept(files, grows, ended - begun, ended, value)
        self._known.move_to_end(folder)
        while len(self._known) > self._most:
            self._known.popitem(last=False)
        return f"{known.files}-{known.made:.3f}", known.value


def _holds(known: _Kept[T], files: str) -> bool:
    """Tell whether what was made of a run is still what would be made of it, or too young to be made anew."""
    if known.files == files and not known.grows:
        return True
    return time.monotonic() - known.made < max(EACH_SECONDS if known.files == files else 0, known.seconds * SHARE)


def stamp(files: Sequence[Path]) -> str:
    """Return a word that changes whenever one of some files does."""
    return f"{abs(hash(tuple(map(_state, files)))):x}"


def _state(path: Path) -> tuple[int, int, int]:
    """Return what a file's change shows in."""
    try:
        found = path.stat()
    except OSError:
        return (0, 0, 0)
    return (found.st_ino, found.st_mtime_ns, found.st_size)
