"""The journal of a run: one JSON object a line, only ever appended, the truth from which all else is rebuilt."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from batchpack.clock import now
from batchpack.errors import BrokenFile, Unwritable
from batchpack.files import append_line

Event = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Journal:
    """What was read: the events in their order, and the numbers of lines that a crash left unreadable."""

    events: tuple[Event, ...]
    torn: tuple[int, ...]


def event(name: str, **facts: object) -> Event:
    """Make an event of the present moment."""
    return {"at": now(), "event": name, **facts}


def append(path: Path, *events: Event) -> None:
    """Append events in one write and force them to disk; raises Unwritable."""
    if not path.exists():
        raise Unwritable(path, "the journal is gone")
    if events:
        append_line(path, "\n".join(dump(one) for one in events))


def dump(one: Event) -> str:
    """Write an event as one line of ASCII JSON."""
    return json.dumps(one, separators=(",", ":"))


def read(path: Path) -> Journal:
    """Read all events; a line torn by a crash is passed over and its number, counted from 1, told.

    Raises BrokenFile when the first line is not the start of a run.
    """
    try:
        lines = path.read_bytes().split(b"\n")
    except OSError as error:
        raise BrokenFile(path, error.strerror or str(error)) from error
    parsed = [(number, _parse(line)) for number, line in enumerate(lines, 1) if line.strip()]
    events = tuple(one for _, one in parsed if one is not None)
    if not events or events[0]["event"] != "run_started":
        raise BrokenFile(path, "it does not begin with the start of a run", 1)
    return Journal(events, tuple(number for number, one in parsed if one is None))


def _parse(line: bytes) -> Event | None:
    """Return the event of a line, or None for anything else."""
    try:
        found = json.loads(line)
    except ValueError:
        return None
    return found if isinstance(found, dict) and isinstance(found.get("event"), str) else None
