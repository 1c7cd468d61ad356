"""What all collectors can read, taken into the ledger: what is unchanged is not opened, what fails is told."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from batchpack.collector import Collector, Cursor, Portion, Source
from batchpack.errors import BatchpackError, BrokenFile
from batchpack.ledger import Ledger, Taken, Taking, Told, storable

MOST_FACTS = 10_000
"""Facts that are stored in one transaction: few enough to be held, many enough that forcing them to disk is cheap."""
MOST_TAKINGS = 500
LISTING = Source("", "")
"""Stands for a collector that cannot even list its sources."""
TRIES = 5
"""How often a source is read on that other collecting processes read as well; they carry it on."""

Note = Callable[[str], None]


class Collected(NamedTuple):
    """What a pass came to: portions stored, requests and complaints that are new, sources left as unchanged."""

    portions: int
    requests: int
    complaints: tuple[Told, ...]
    skipped: int


def silent(_: str) -> None:
    """Tell nobody."""


def collect(collectors: Iterable[Collector], ledger: Ledger, *, note: Note = silent) -> Collected:
    """Take what is new in all sources into the ledger; `note` is told now and then how far it is.

    It may run in many processes at once, and be killed and begun again at any time: each fact counts once. What is
    wrong with a source is a complaint, told once, and the others go on. Raises what the ledger raises.
    """
    work = _Work(ledger, note)
    for collector in collectors:
        work.collect(collector)
    _forget_gone(ledger)
    return Collected(work.portions, work.requests, tuple(work.complaints), work.skipped)


@dataclass(slots=True)
class _Work:
    """One pass: what waits to be stored, and what came of it so far."""

    ledger: Ledger
    note: Note
    portions: int = 0
    requests: int = 0
    skipped: int = 0
    read: int = 0
    complaints: list[Told] = field(default_factory=list)
    waiting: list[Taking] = field(default_factory=list)
    facts: int = 0
    overtaken: dict[str, Source] = field(default_factory=dict)

    def collect(self, collector: Collector) -> None:
        """Read what changed of the sources of a collector."""
        self.read, known = 0, self.ledger.sources(collector.NAME)
        for source in self._sources(collector):
            stamp, cursor = known.get(storable(source.key), (None, None))
            if stamp and stamp == storable(source.stamp):
                self.skipped += 1
            else:
                self._read(collector, source, cursor)
                self.read += 1
                self.note(f"{collector.TITLE}: {self.read:,} read")
        self._flush()
        for _ in range(TRIES):
            self._read_again(collector)
        self.overtaken = {}

    def _sources(self, collector: Collector) -> Iterator[Source]:
        """Yield the sources of a collector; of one that cannot even list them, that is told."""
        try:
            yield from collector.sources()
        except Exception as error:
            self._failed(collector, LISTING, error)
        else:
            self.ledger.recovered(collector.NAME, LISTING)

    def _read_again(self, collector: Collector) -> None:
        """Read the sources on from where another process has got to with them."""
        again, self.overtaken = self.overtaken, {}
        for source in again.values():
            stamp, cursor = self.ledger.cursor(collector.NAME, source.key) or (None, None)
            if not stamp or stamp != storable(source.stamp):
                self._read(collector, source, cursor)
        self._flush()

    def _read(self, collector: Collector, source: Source, cursor: Cursor | None) -> None:
        """Read a source on from its cursor; the last of its portions says that it was read to its end."""
        held: Portion | None = None
        for one in _guarded(collector, source, cursor):
            if held is not None or one is None:
                portion = held or Portion((), cursor or {})
                self._take(Taking(collector.NAME, source, portion, cursor, done=one is None))
                cursor = portion.cursor
            if isinstance(one, Exception):
                self._failed(collector, source, one)
            if not isinstance(one, Portion) or source.key in self.overtaken:
                return
            held = one

    def _take(self, taking: Taking) -> None:
        """Have a portion stored with others of about its time."""
        self.waiting.append(taking)
        self.facts += len(taking.portion.facts)
        if self.facts >= MOST_FACTS or len(self.waiting) >= MOST_TAKINGS:
            self._flush()

    def _flush(self) -> None:
        """Store what waits."""
        waiting, self.waiting, self.facts = self.waiting, [], 0
        if not waiting:
            return
        for taking, taken in zip(waiting, self._taken(waiting), strict=True):
            self.portions += taken.kept
            self.requests += taken.requests
            self.complaints += taken.complaints
            if not taken.kept:
                self.overtaken[taking.source.key] = taking.source

    def _taken(self, waiting: list[Taking]) -> list[Taken]:
        """Store portions together; where one is none, those beside it are stored all the same."""
        try:
            return self.ledger.take_all(waiting)
        except BatchpackError:
            raise
        except Exception:
            return [self._alone(taking) for taking in waiting]

    def _alone(self, taking: Taking) -> Taken:
        """Store one portion, or that it is none."""
        try:
            return self.ledger.take_all([taking])[0]
        except BatchpackError:
            raise
        except Exception as error:
            told = self.ledger.failed(taking.collector, taking.source, _reason(error))
            return Taken(True, 0, (told,) if told else ())

    def _failed(self, collector: Collector, source: Source, error: Exception) -> None:
        """Keep that a source could not be read; a broken one is not tried again until it changes."""
        self._flush()
        until_changed = isinstance(error, BrokenFile)
        told = self.ledger.failed(collector.NAME, source, _reason(error), until_changed=until_changed)
        self.complaints += [told] if told else []


def _forget_gone(ledger: Ledger) -> None:
    """Take back that a file could not be read which is there no more: nobody could mend it."""
    for one in ledger.complaints():
        if one.whole and one.source.startswith("/") and "\\" not in one.source:  # else its name may be another
            with suppress(OSError):  # what cannot be looked for may be there
                if not Path(one.source).exists():
                    ledger.recovered(one.collector, Source(one.source, ""))


def _guarded(collector: Collector, source: Source, cursor: Cursor | None) -> Iterator[Portion | Exception | None]:
    """Yield the portions of a source, then what ended the reading: None for its end, else what was raised."""
    try:
        for portion in collector.read(source, cursor or None):
            json.dumps(portion.cursor)  # what cannot be stored is the collector's mistake
            yield portion
    except Exception as error:
        yield error
    else:
        yield None


def _reason(error: Exception) -> str:
    """Say why a source could not be read; what a program raised by mistake may quote from the source, so it is not."""
    if isinstance(error, BatchpackError):
        return error.message
    if isinstance(error, OSError):
        return error.strerror or type(error).__name__
    return f"its reader failed ({type(error).__name__})"
