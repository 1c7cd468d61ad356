"""One shard's results on their way to disk: checked line by line, kept raw, and as records in the items' order."""

from __future__ import annotations

import contextlib
import hashlib
import json
import mmap
from array import array
from collections import Counter
from collections.abc import Generator, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO, Any

import orjson

from batchpack.messages import drafts, records
from batchpack.messages.answers import Reader
from batchpack.messages.costs import Tally

CHUNK = 512
"""Lines that are written at once: few writes, little memory."""
_MALFORMED = (ValueError, KeyError, TypeError, AttributeError)


class BrokenResults(Exception):
    """Results that are not what the service holds: cut short, or with a line that cannot be read."""


class ForeignResults(BrokenResults):
    """Results of requests that are not those of the shard: the batch is somebody else's."""


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


def _parsed(line: bytes) -> Any:
    """Parse a line quickly, or else as Python does, which takes halves of surrogate pairs."""
    try:
        return orjson.loads(line)
    except ValueError:
        return json.loads(line)


def take_in(lines: Iterable[bytes], items: Items, raw: Path | None, sorted_records: Path, read: Reader) -> Taken:
    """Write a shard's results to `raw`, if given, as they came, and its records in the items' order.

    Both files are whole or absent. Raises BrokenResults unless every item of the shard came exactly once, and
    Unwritable when there is no room; nothing is left then.
    """
    with contextlib.ExitStack() as stack:
        kept = stack.enter_context(drafts.draft(raw)) if raw else None
        loose = stack.enter_context(drafts.draft(sorted_records))
        sorted_out = stack.enter_context(drafts.draft(sorted_records))
        intake = _Intake(items, read)
        hashed = intake.write(lines, kept, loose)
        ordered = _reorder(loose, intake.starts, intake.lengths, sorted_out)
        if kept and raw:
            drafts.publish(kept, raw)
        drafts.publish(sorted_out, sorted_records)
    return Taken(len(items.keys), hashed, ordered, dict(intake.kinds), intake.tally.to_json())


def take_again(raw: Path, items: Items, sorted_records: Path, read: Reader) -> Taken:
    """Write the records of a shard anew from its raw results; raises BrokenResults and Unwritable as `take_in`."""
    with raw.open("rb") as stream:
        return take_in((line.rstrip(b"\n") for line in stream), items, None, sorted_records, read)


def write_records(sorted_records: Path, lines: Iterable[bytes]) -> str:
    """Write records that are in order already; returns their hash. Raises Unwritable."""
    hashed = hashlib.sha256()
    with drafts.draft(sorted_records) as out:
        for line in lines:
            hashed.update(line + b"\n")
            drafts.write(out, line + b"\n")
        drafts.publish(out, sorted_records)
    return hashed.hexdigest()


class _Intake:
    """What one pass over a shard's lines learns; `starts` and `lengths` say where each loose record lies."""

    def __init__(self, items: Items, read: Reader) -> None:
        self.items, self.read = items, read
        self.starts = array("Q", bytes(8 * len(items.keys)))
        self.lengths = array("Q", bytes(8 * len(items.keys)))
        self.kinds: Counter[str] = Counter()
        self.tally = Tally()
        self._prefix = f"{items.prefix}-"
        self._rows = self._place = 0

    def write(self, lines: Iterable[bytes], kept: IO[bytes] | None, loose: IO[bytes]) -> str:
        """Write raw lines and records, many at once; returns the hash of the raw lines."""
        hashed = hashlib.sha256()
        for block in _kept(lines, kept, hashed):
            drafts.write(loose, b"\n".join([self._record(line) for line in block]) + b"\n")
        if self._rows != len(self.starts):
            raise BrokenResults(f"only {self._rows} of {len(self.starts)} results came")
        return str(hashed.hexdigest())

    def _record(self, line: bytes) -> bytes:
        """Return the record of a raw line, and remember where it will lie; raises BrokenResults."""
        self._rows += 1
        try:
            found = _parsed(line)
            slot = self._slot(found["custom_id"])
            kind, record = records.of_result(
                self.items.indices[slot], self.items.keys[slot], found["result"], self.read, self.tally
            )
        except _MALFORMED as error:
            raise BrokenResults(f"line {self._rows} is not a result: {line[:60]!r}") from error
        self.kinds[kind] += 1
        self.starts[slot] = self._place
        self.lengths[slot] = length = len(record) + 1
        self._place += length
        return record

    def _slot(self, custom_id: str) -> int:
        """Return which request of the shard an id means; raises BrokenResults for a foreign id or a second one."""
        number = custom_id[len(self._prefix) :]
        if custom_id.startswith(self._prefix) and number.isdecimal():
            slot = int(number)
            if slot < len(self.lengths):
                if self.lengths[slot]:
                    raise BrokenResults(f"line {self._rows} is a second result of {custom_id}")
                return slot
        raise ForeignResults(f"line {self._rows} is the result of a request that is not in this shard: {custom_id}")


def _kept(lines: Iterable[bytes], kept: IO[bytes] | None, hashed: Any) -> Generator[list[bytes], None, None]:
    """Yield lines in blocks, each after it was written as it came."""
    waiting = iter(lines)
    while block := list(islice(waiting, CHUNK)):
        data = b"\n".join(block) + b"\n"
        if kept:
            drafts.write(kept, data)
        hashed.update(data)
        yield block


def _reorder(loose: IO[bytes], starts: Sequence[int], lengths: Sequence[int], out: IO[bytes]) -> str:
    """Copy loose records in the order of the items; returns the hash of the copy."""
    hashed = hashlib.sha256()
    with mmap.mmap(loose.fileno(), 0, access=mmap.ACCESS_READ) as view:
        for start in range(0, len(starts), CHUNK):
            places = zip(starts[start : start + CHUNK], lengths[start : start + CHUNK], strict=True)
            data = b"".join([view[at : at + length] for at, length in places])
            drafts.write(out, data)
            hashed.update(data)
    return hashed.hexdigest()
