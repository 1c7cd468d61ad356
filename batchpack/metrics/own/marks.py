"""What hooks of hosts marked: when sessions and agents began and ended."""

from __future__ import annotations

import math
import re
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from batchpack import places
from batchpack.collector import Cursor, Fact, Mark, Portion, Session, Source
from batchpack.ledger import Ledger, storable
from batchpack.metrics.own import lines
from batchpack.metrics.own.shelf import stamp

SCHEMA = 1
TWICE_SECONDS = 2.0
"""Installed for the user and for a project, hooks mark an event twice; within this time that is one."""
DAY_SECONDS, LATE_SECONDS = 86400.0, 3600.0
HOST = re.compile(r"[a-z][a-z0-9_]{0,63}")
EVENT = HOST
ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
OF_CALLERS = frozenset({"agent_called", "agent_call_failed"})
"""Events whose agent and call are those of an agent that is not there yet, or never was."""


class Marks:
    """Reads the lines that hooks append, a file for each host and day."""

    NAME, TITLE = "marks", "marks of hooks"

    def sources(self) -> Iterator[Source]:
        """Yield the files that hold marks; links, which no hook makes, are left alone."""
        for path in sorted((places.state_folder() / "marks").glob("*.jsonl")):
            if path.is_file() and not path.is_symlink() and (found := stamp(path)):
                yield Source(str(path), found)

    def read(self, source: Source, cursor: Cursor | None) -> Iterator[Portion]:
        """Yield the marks behind a cursor, each once; raises OSError."""
        seen: dict[tuple[Session, str], float] = {}
        yield from lines.portions(Path(source.key), cursor, lambda one: _new(_mark(one), seen))


def remove_old(ledger: Ledger, before: float) -> int:
    """Remove the files of days that ended before a moment and of which a ledger has all; return how many those were.

    Hooks that began before midnight may still write for a while, so no file of today or of the hour before goes.
    """
    gone, latest = 0, min(before, time.time() - LATE_SECONDS)
    known = ledger.sources(Marks.NAME)
    for source in Marks().sources():
        path = Path(source.key)
        stamp_read, _ = known.get(storable(source.key), ("", None))
        if stamp_read == source.stamp and is_over(path, latest):
            with suppress(OSError):
                path.unlink()
                gone += 1
    return gone


def is_over(path: Path, moment: float) -> bool:
    """Tell whether the day of a file was over at a moment, given in seconds since the epoch."""
    return _over(path) <= moment


def _over(path: Path) -> float:
    """Return when the day of a file was over, in seconds since the epoch; of one that names no day, never."""
    try:
        day = datetime.strptime(path.stem[-10:], "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        return math.inf
    return day.timestamp() + DAY_SECONDS


def _new(mark: Mark, seen: dict[tuple[Session, str], float]) -> Iterator[Fact]:
    """Yield a mark unless the same was made just before."""
    known = mark.session, mark.event
    if not 0 <= mark.at - seen.get(known, 0.0) < TWICE_SECONDS:
        seen[known] = mark.at
        yield mark


def _mark(one: Mapping[str, Any]) -> Mark:
    """Return the mark of a line; raises ValueError for one that no hook of ours writes."""
    host, event, session, at = one["host"], one["event"], one["session"], one["at"]
    known = isinstance(session, str) and session and HOST.fullmatch(host) and EVENT.fullmatch(event)
    if one["v"] != SCHEMA or not known or type(at) not in {int, float}:
        raise ValueError("no mark")
    part = _word(one, "part")
    caller = event in OF_CALLERS
    return Mark(
        Session(
            host, session, part=part, parent=_word(one, "parent"),
            call="" if caller or not part else _word(one, "call"),
            agent="" if caller else _word(one, "agent"), project=_word(one, "project"),
            run="" if part else _id(one, "run"), task="" if part else _id(one, "task"),
        ),
        event, float(at),
    )  # fmt: skip


def _word(one: Mapping[str, Any], name: str) -> str:
    """Return a field where it is a text."""
    value = one.get(name, "")
    return value if isinstance(value, str) else ""


def _id(one: Mapping[str, Any], name: str) -> str:
    """Return a field where it is an id."""
    value = _word(one, name)
    return value if ID.fullmatch(value) else ""
