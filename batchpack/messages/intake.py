"""One shard's results on their way to disk: checked line by line, kept raw, and as records in the items' order."""

from __future__ import annotations

import contextlib
import hashlib
import json
import mmap
import os
import tempfile
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO, Any

from batchpack.errors import Unwritable
from batchpack.files import sync_folder
from batchpack.messages import records
from batchpack.messages.answers import Reader
from batchpack.messages.costs import Tally

CHUNK = 512
"""Lines that are written at once: few writes, little memory."""
_decode = json.JSONDecoder().raw_decode


class BrokenResults(Exception):
    """Results that are not what the service holds: cut short, or with a line that cannot be read."""


@dataclass(frozen=True, slots=True)
class Items:
    """The items of a shard, in their order: their keys as JSON, their places among all items, and their ids' prefix."""

    prefix: str
    keys: Sequence[str]
    indices: Sequence[int]


@dataclass(frozen=True, slots=True)
class Taken:
    """What was taken in: rows, the hash of both files, how many items of each kind, and what was used."""

    rows: int
    sha256: str
    records_sha256: str
    kinds: dict[str, int]
    usage: list[dict[str, Any]]

    def to_json(self) -> dict[str, Any]:
        """Return it as facts for a journal."""
        return {
            "rows": self.rows,
            "sha256": self.sha256,
            "records_sha256": self.records_sha256,
            "kinds": self.kinds,
            "usage": self.usage,
        }


def take_in(lines: Iterable[bytes], items: Items, raw: Path, sorted_records: Path, read: Reader) -> Taken:
    """Write a shard's results to `raw` as they came and its records to `sorted_records` in the order of the items.

    Both files are whole or absent. Raises BrokenResults unless every item of the shard came exactly once, and
    Unwritable when there is no room; nothing is left then.
    """
    try:
        with contextlib.ExitStack() as stack:
            kept, drafts = stack.enter_context(_draft(raw)), stack.enter_context(_draft(sorted_records))
            sorted_out = stack.enter_context(_draft(sorted_records))
            intake = _Intake(items, read)
            hashed = intake.write(lines, kept, drafts)
            ordered = _reorder(drafts, intake.starts, intake.lengths, sorted_out)
            _publish(kept, raw)
            _publish(sorted_out, sorted_records)
    except OSError as error:
        raise Unwritable(raw.parent, error.strerror or str(error)) from error
    return Taken(len(items.keys), hashed, ordered, dict(intake.kinds), intake.tally.to_json())


class _Intake:
    """What one pass over a shard's lines learns; `starts` and `lengths` say where in the drafts each record lies."""

    def __init__(self, items: Items, read: Reader) -> None:
        self.items, self.read = items, read
        self.starts = array("Q", bytes(8 * len(items.keys)))
        self.lengths = array("Q", bytes(8 * len(items.keys)))
        self.kinds: Counter[str] = Counter()
        self.tally = Tally()
        self._rows = self._place = 0

    def write(self, lines: Iterable[bytes], kept: IO[bytes], drafts: IO[bytes]) -> str:
        """Write raw lines and records, many at once; returns the hash of the raw lines."""
        hashed = hashlib.sha256()
        waiting = iter(lines)
        while chunk := list(islice(waiting, CHUNK)):
            data = b"\n".join(chunk) + b"\n"
            _write(drafts, b"\n".join([self._record(line) for line in chunk]) + b"\n")
            _write(kept, data)
            hashed.update(data)
        if self._rows != len(self.starts):
            raise BrokenResults(f"only {self._rows} of {len(self.starts)} results came")
        return hashed.hexdigest()

    def _record(self, line: bytes) -> bytes:
        """Return the record of a raw line, and remember where in the drafts it will lie; raises BrokenResults."""
        self._rows += 1
        try:
            text = line.decode()
            found, end = _decode(text)
            slot = self._slot(found["custom_id"])
            items = self.items
            kind, record = records.of_result(
                items.indices[slot], items.keys[slot], found["result"], self.read, self.tally
            )
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise BrokenResults(f"line {self._rows} is not a result: {line[:60]!r}") from error
        if end != len(text) and text[end:].strip():
            raise BrokenResults(f"line {self._rows} holds more than a result: {line[:60]!r}")
        self.kinds[kind] += 1
        self.starts[slot], self.lengths[slot] = self._place, len(record) + 1
        self._place += len(record) + 1
        return record

    def _slot(self, custom_id: str) -> int:
        """Return which request of the shard an id means; raises BrokenResults for a foreign id or a second one."""
        prefix, _, number = custom_id.rpartition("-")
        if prefix != self.items.prefix or not number.isdecimal() or int(number) >= len(self.starts):
            raise BrokenResults(f"line {self._rows} is the result of a request that is not in this shard: {custom_id}")
        slot = int(number)
        if self.lengths[slot]:
            raise BrokenResults(f"line {self._rows} is a second result of {custom_id}")
        return slot


def _reorder(drafts: IO[bytes], starts: Sequence[int], lengths: Sequence[int], out: IO[bytes]) -> str:
    """Copy the drafts' lines in the order of the items; returns the hash of the copy."""
    hashed = hashlib.sha256()
    drafts.flush()
    with mmap.mmap(drafts.fileno(), 0, access=mmap.ACCESS_READ) as view:
        for start in range(0, len(starts), CHUNK):
            places = zip(starts[start : start + CHUNK], lengths[start : start + CHUNK], strict=True)
            data = b"".join([view[at : at + length] for at, length in places])
            _write(out, data)
            hashed.update(data)
    return hashed.hexdigest()


def _write(stream: IO[bytes], data: bytes) -> None:
    """Write all of some bytes: a disk that fills takes a part of them without a word, and refuses the next."""
    rest = memoryview(data)
    while rest:
        rest = rest[stream.write(rest) :]


@contextlib.contextmanager
def _draft(beside: Path) -> Iterator[IO[bytes]]:
    """Open an unnamed place for a file's content beside it; it is gone afterwards unless it was published."""
    beside.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=beside.parent, prefix=f".{beside.name}.", suffix=".tmp")
    os.close(handle)
    try:
        with Path(name).open("w+b", buffering=0) as stream:
            yield stream
    finally:
        Path(name).unlink(missing_ok=True)


def _publish(stream: IO[bytes], path: Path) -> None:
    """Force a draft to disk and give it its name."""
    stream.flush()
    os.fchmod(stream.fileno(), 0o644)
    os.fsync(stream.fileno())
    Path(stream.name).replace(path)
    sync_folder(path.parent)
