"""The collector `osa`: which sessions there were, from OSA's files of sessions and of its tools.

OSA 0.2.5 keeps what was said and when, and no counts of tokens, so what it used is not known and nothing is made up.
A program that appends to OSA's sessions may say `usage` and `model` of an answer, in the words in which OSA's own
providers tell them; that counts. Its metrics say of each tool call when it ended and how, not in which session.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import IO, Any
from zlib import crc32

from batchpack.attribution import Named, named
from batchpack.collector import MOST_TOKENS, Complaint, Cursor, Fact, Mark, Portion, Session, Source, Used
from batchpack.places import home

NAME = "osa"
TITLE = "OSA's sessions"
LINES = 500
"""Lines in a portion."""
FIRST = 20
"""Lines in which the first thing that was said is looked for."""
LONGEST = 16 << 20
"""Bytes of a line that is read."""
EDGE = 64
"""Bytes before the place that a file was read to, by which it is known again."""
COUNTS = ("input_tokens", "output_tokens", "cache_read_input_tokens", "cache_creation_input_tokens")
ROLES = ("user", "assistant", "tool", "system")
NO_RECORD = "a line that OSA does not write"


def sources() -> Iterable[Source]:
    """List the sessions and the metrics; `OSA_HOME` moves the sessions only."""
    osa, moved = home() / ".osa", os.environ.get("OSA_HOME", "")
    folders = dict.fromkeys([osa, Path(moved)] if moved.startswith("/") else [osa])
    listed = [path for folder in folders for path in sorted(folder.glob("sessions/*.jsonl"))]
    for path in (*listed, osa / "metrics" / "daily.json"):
        if path.is_file():
            seen = path.stat()
            yield Source(str(path), f"{seen.st_size}:{seen.st_mtime_ns}:{seen.st_ino}")


def read(source: Source, cursor: Cursor | None) -> Iterator[Portion]:
    """Read the whole lines behind a cursor; of a file that was written anew, all of them."""
    path = Path(source.key)
    with path.open("rb") as stream:
        session = Session(NAME, path.stem, **_named(stream)._asdict()) if path.suffix == ".jsonl" else Session(NAME, "")
        at, facts = _place(stream, cursor), list[Fact]()
        stream.seek(at)
        for count, line in enumerate(_whole(stream), 1):
            facts += _told(session, line, at)
            at += len(line)
            if count % LINES == 0:
                yield Portion(tuple(facts), _cursor(stream, at))
                facts = []
        yield Portion(tuple(facts), _cursor(stream, at))


def _whole(stream: IO[bytes]) -> Iterator[bytes]:
    """Yield the lines that have their end, and pieces of those that are too long."""
    while line := stream.readline(LONGEST):
        if not line.endswith(b"\n") and len(line) < LONGEST:
            return
        yield line


def _cursor(stream: IO[bytes], at: int) -> Cursor:
    """Return how far a file was read, and what stands before that."""
    return {"at": at, "edge": crc32(os.pread(stream.fileno(), min(EDGE, at), max(0, at - EDGE)))}


def _place(stream: IO[bytes], cursor: Cursor | None) -> int:
    """Return where to go on: at the start where the file is another than it was."""
    at = int(cursor["at"]) if cursor else 0
    return at if cursor == _cursor(stream, at) else 0


def _named(stream: IO[bytes]) -> Named:
    """Return the task that the first thing said names."""
    for line in islice(_whole(stream), FIRST):
        record = _object(line)
        if record and record.get("role") == "user":
            text = record.get("content")
            return named(text) if isinstance(text, str) else Named()
    return Named()


def _told(session: Session, line: bytes, at: int) -> Iterator[Fact]:
    """Yield what a line tells that begins at a place."""
    if not line.strip():
        return
    record = _object(line)
    moment = _moment(record.get("timestamp")) if record else 0.0
    if record and not session.id and isinstance(record.get("success"), bool):
        yield Mark(session, "tool_ended" if record["success"] else "tool_failed", moment)
    elif record and session.id and record.get("role") in ROLES:
        yield from [] if at else [Mark(session, "session_started", moment)]
        if record["role"] == "assistant":
            yield Mark(session, "answered", moment)
            yield from _used(session, record, moment, at)
    else:
        yield Complaint(NO_RECORD, f"byte {at}")


def _used(session: Session, record: Mapping[str, Any], moment: float, at: int) -> Iterator[Used | Complaint]:
    """Yield what an answer used, where the one who appended it says so; its time names it, else its place."""
    usage, model, when = record.get("usage"), record.get("model"), record.get("timestamp") or at
    if not isinstance(usage, dict) or not any(name in usage for name in COUNTS):
        return
    counts = [usage.get(name, 0) for name in COUNTS]
    if not all(type(count) is int and 0 <= count <= MOST_TOKENS for count in counts):
        yield Complaint("a count of tokens that makes no sense", f"byte {at}")
        return
    yield Used(session, f"{session.id}:{when}", moment, model if isinstance(model, str) else "", *counts)


def _object(line: bytes) -> dict[str, Any] | None:
    """Return the object of a line."""
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _moment(value: object) -> float:
    """Return a time in seconds since the epoch, 0 where it is none; OSA writes UTC."""
    try:
        when = datetime.fromisoformat(value) if isinstance(value, str) else datetime.fromtimestamp(0, UTC)
        return (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return 0.0
