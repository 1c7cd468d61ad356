"""The collector of Claude Code: what models used, from the transcripts of sessions and their agents."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from hashlib import blake2b
from pathlib import Path
from typing import IO, Any

from batchpack.collector import Complaint, Cursor, Fact, Portion, Source
from batchpack.places import home

from .records import Records, Thread  # noqa: TID252 - plugins are loaded by path, their package's name is the manager's

NAME = "claude_code"
TITLE = "Claude Code's transcripts"
PORTION = 1 << 22
"""Bytes that are read at a time, and so about the most that a portion comes of."""
MOST_LINE = 1 << 26
"""A longer line is no record; images that people paste stay far below."""
EDGE = 512
"""Bytes at the beginning of a file, and before the place that it was read to, by which it is known again."""


def roots() -> list[Path]:
    """Return the folders that Claude Code may keep its records in: its own variable's, else the usual ones."""
    named = [Path(word) for word in os.environ.get("CLAUDE_CONFIG_DIR", "").split(",") if word.strip()]
    return named or [home() / ".claude", home() / ".config" / "claude"]


def sources() -> Iterable[Source]:
    """List the transcripts, least recently written first: a session before those that were forked off it."""
    found = {path: facts for root in roots() for path, facts in _transcripts(str(root / "projects"))}
    for path, facts in sorted(found.items(), key=lambda one: (one[1].st_mtime_ns, one[0])):
        yield Source(path, f"{facts.st_size}-{facts.st_mtime_ns}-{facts.st_ino}")


def _transcripts(folder: str) -> Iterator[tuple[str, os.stat_result]]:
    """Yield the transcripts below a folder, links to folders not followed; what cannot be looked into is left out."""
    try:
        with os.scandir(folder) as entries:
            listed = list(entries)
    except OSError:
        return
    for entry in listed:
        try:
            if entry.is_dir(follow_symlinks=False):
                yield from _transcripts(entry.path)
            elif entry.name.endswith(".jsonl") and stat.S_ISREG((facts := entry.stat()).st_mode):
                yield str(Path(entry.path)), facts
        except OSError:
            continue


def read(source: Source, cursor: Cursor | None) -> Iterator[Portion]:
    """Read on in a transcript, from its start where it is not the one that was read before."""
    with Path(source.key).open("rb", buffering=0) as stream:
        at = _Place.of(cursor, stream)
        records = Records(Path(source.key), Thread.of(cursor if at.offset else None))
        stream.seek(at.offset)
        for lines, problem in _blocks(stream, at):
            facts = list[Fact](records.facts(lines, at.line)) if lines else []
            facts += [Complaint(problem, f"line {at.line + 1}")] if problem else []
            at.offset += len(lines) + at.passed
            at.line += (records.lines if lines else 0) + (1 if at.passed else 0)
            at.passed = 0
            yield Portion(tuple(facts), at.cursor(stream, records.thread))
        # What has no end yet may be a whole record: it is told now, and once more with its end.
        if at.rest and (facts := list(records.facts(at.rest, at.line, torn=True))):
            yield Portion(tuple(facts), at.cursor(stream, records.thread))


class _Place:
    """How far a file is read: bytes and lines; `rest` is the part of a line behind, `passed` what was left out."""

    def __init__(self, offset: int = 0, line: int = 0) -> None:
        self.offset, self.line, self.passed, self.rest = offset, line, 0, b""

    @classmethod
    def of(cls, cursor: Cursor | None, stream: IO[bytes]) -> _Place:
        """Return the place that a cursor means, or the start where the file is another one or was written anew."""
        match cursor:
            case {"offset": int(offset), "line": int(line), "edges": str(edges)} if offset > 0 and line >= 0:
                return cls(offset, line) if edges == _edges(stream, offset) else cls()
        return cls()

    def cursor(self, stream: IO[bytes], thread: Thread) -> Mapping[str, Any]:
        """Return the cursor that leads back here."""
        edges = _edges(stream, self.offset)
        return {"offset": self.offset, "line": self.line, "edges": edges, **thread.kept()}


def _edges(stream: IO[bytes], offset: int) -> str:
    """Return a fingerprint of the first bytes of a file and of those before an offset; the place in it stays."""
    number = stream.fileno()
    first, last = os.pread(number, min(EDGE, offset), 0), os.pread(number, min(EDGE, offset), max(0, offset - EDGE))
    return blake2b(b"%d %b%b" % (len(last), first, last), digest_size=8).hexdigest()


def _blocks(stream: IO[bytes], at: _Place) -> Iterator[tuple[bytes, str]]:
    """Yield whole lines, many at a time, and what is wrong with the one behind them; the rest stays in `at`."""
    while data := stream.read(PORTION):
        at.rest += data
        end = at.rest.rfind(b"\n") + 1
        if end:
            lines, at.rest = at.rest[:end], at.rest[end:]
            yield lines, ""
        elif len(at.rest) > MOST_LINE:
            at.passed, at.rest = len(at.rest) + _pass_over(stream), b""
            yield b"", f"a line of more than {MOST_LINE >> 20} MiB is no record and was left out"


def _pass_over(stream: IO[bytes]) -> int:
    """Go behind the end of a line and return how many bytes that took."""
    passed = 0
    while data := stream.read(PORTION):
        end = data.find(b"\n") + 1
        if end:
            stream.seek(end - len(data), os.SEEK_CUR)
            return passed + end
        passed += len(data)
    return passed
