"""The journal of a job: one JSON object a line, only ever appended and forced to disk, the truth of what was sent."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from batchpack.clock import now
from batchpack.errors import BrokenFile
from batchpack.files import append_line

Event = dict[str, Any]

EVENTS = frozenset(
    {
        "began", "submitted_round", "intent", "refused", "unmade", "created", "foreign", "confirmed", "ended",
        "collected", "cancel", "paused", "canary", "direct_intent", "answered", "done",
    }
)  # fmt: skip
"""The events there are; a journal with another was written by a newer batchpack."""


def append(path: Path, name: str, **facts: object) -> Event:
    """Append an event of the present moment and force it to disk; returns it, raises Unwritable."""
    if name not in EVENTS:
        raise ValueError(f"no event is called {name}")
    event = {"at": now(), "event": name, **facts}
    append_line(path, json.dumps(event, separators=(",", ":")))
    return event


def read(path: Path) -> list[Event]:
    """Return all events; a line torn by a crash was never acted upon and is passed over.

    Raises BrokenFile for a file that cannot be read, for an event of a newer batchpack, and for a line that was
    damaged later: acting on half a journal could pay twice.
    """
    try:
        lines = path.read_bytes().split(b"\n")
    except OSError as error:
        raise BrokenFile(path, error.strerror or str(error)) from error
    events = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        event = _parse(line)
        if event is not None and event["event"] not in EVENTS:
            raise BrokenFile(path, f"the event {event['event']!r} is of a newer batchpack", number)
        if event is not None:
            events.append(event)
        elif not _torn(line):
            raise BrokenFile(path, "the line was damaged", number)
    return events


def _torn(line: bytes) -> bool:
    """Tell whether a line looks like the beginning of one of ours, as a crash leaves it."""
    return b'{"at":"'.startswith(line[:7])


def _parse(line: bytes) -> Event | None:
    """Return the event of a line, or None for anything else."""
    try:
        found = json.loads(line)
    except ValueError:
        return None
    return found if isinstance(found, dict) and isinstance(found.get("event"), str) else None
