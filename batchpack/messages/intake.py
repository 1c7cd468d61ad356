"""One shard's results on their way to disk: checked line by line, kept raw, and as records in the items' order."""

from __future__ import annotations

import contextlib
import hashlib
import json
import mmap
from array import array
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
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
HELD = 32_000_000
"""Bytes of records that are put in order in memory; those of a larger shard go through a file."""
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
        sorted_out = stack.enter_context(drafts.draft(sorted_records))
        shelf = _Shelf(len(items.keys), lambda: stack.enter_context(drafts.draft(sorted_records)))
        intake = _Intake(items, read, shelf)
        hashed = intake.write(lines, kept)
        ordered = _written(shelf.blocks(), sorted_out)
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
    with drafts.draft(sorted_records) as out:
        hashed = _written((line + b"\n" for line in lines), out)
        drafts.publish(out, sorted_records)
    return hashed


def _written(blocks: Iterable[bytes], out: IO[bytes]) -> str:
    """Write blocks one after the other; returns the hash of all."""
    hashed = hashlib.sha256()
    for data in blocks:
        drafts.write(out, data)
        hashed.update(data)
    return hashed.hexdigest()


class _Shelf:
    """Records that come in any order and go in that of the items: in memory as long as they are few.

    Whenever they exceed HELD bytes they move to a draft, which `spill` opens; then `starts` and `lengths` say where
    each lies in it.
    """

    def __init__(self, size: int, spill: Callable[[], IO[bytes]]) -> None:
        self._spill = spill
        self._held = [b""] * size
        self._loose: IO[bytes] | None = None
        self._waiting = self._place = 0
        self._starts, self._lengths = array("Q"), array("Q")

    def put(self, slots: Sequence[int], made: Sequence[bytes]) -> None:
        """Take some records in, each of another item."""
        held = self._held
        for slot, record in zip(slots, made, strict=True):
            held[slot] = record
        self._waiting += sum(map(len, made))
        if self._waiting > HELD:
            self._move()

    def blocks(self) -> Iterator[bytes]:
        """Yield the lines of all records in the order of the items, many at once."""
        if self._loose is None:
            for start in range(0, len(self._held), CHUNK):
                yield b"\n".join((*self._held[start : start + CHUNK], b""))
            return
        self._move()
        with mmap.mmap(self._loose.fileno(), 0, access=mmap.ACCESS_READ) as view:
            for start in range(0, len(self._starts), CHUNK):
                end = start + CHUNK
                places = zip(self._starts[start:end], self._lengths[start:end], strict=True)
                yield b"".join([view[at : at + length] for at, length in places])

    def _move(self) -> None:
        """Write what is held to the draft."""
        if self._loose is None:
            self._loose = self._spill()
            self._starts, self._lengths = (array("Q", bytes(8 * len(self._held))) for _ in range(2))
        for start in range(0, len(self._held), CHUNK):
            lines = []
            for slot in range(start, min(start + CHUNK, len(self._held))):
                if record := self._held[slot]:
                    lines.append(record)
                    self._held[slot] = b""
                    self._starts[slot], self._lengths[slot] = self._place, len(record) + 1
                    self._place += len(record) + 1
            drafts.write(self._loose, b"\n".join((*lines, b"")) if lines else b"")
        self._waiting = 0


class _Intake:
    """What one pass over a shard's lines learns."""

    def __init__(self, items: Items, read: Reader, shelf: _Shelf) -> None:
        self.items, self.read, self.shelf = items, read, shelf
        self.kinds: Counter[str] = Counter()
        self.tally = Tally()
        self._seen = bytearray(len(items.keys))
        self._prefix = f"{items.prefix}-"
        self._cut = len(self._prefix)

    def write(self, lines: Iterable[bytes], kept: IO[bytes] | None) -> str:
        """Write raw lines, many at once, and put their records on the shelf; returns the hash of the raw lines."""
        hashed = hashlib.sha256()
        for block in _kept(lines, kept, hashed):
            self._take(block)
        if not all(self._seen):
            raise BrokenResults(f"only {sum(self._seen)} of {len(self._seen)} results came")
        return str(hashed.hexdigest())

    def _take(self, block: Sequence[bytes]) -> None:
        """Put the records of raw lines on the shelf; raises BrokenResults."""
        indices, keys, read, tally, seen = self.items.indices, self.items.keys, self.read, self.tally, self._seen
        slots, kinds, made = list[int](), list[str](), list[bytes]()
        for line in block:
            try:
                found = _parsed(line)
                slot = self._slot(found["custom_id"])
                kind, record = records.of_result(indices[slot], keys[slot], found["result"], read, tally)
            except _MALFORMED as error:
                raise BrokenResults(f"line {self._line()} is not a result: {line[:60]!r}") from error
            seen[slot] = 1
            slots.append(slot)
            kinds.append(kind)
            made.append(record)
        self.kinds.update(kinds)
        self.shelf.put(slots, made)

    def _slot(self, custom_id: str) -> int:
        """Return which request of the shard an id means; raises BrokenResults for a foreign id or a second one."""
        if custom_id.startswith(self._prefix):
            number = custom_id[self._cut :]
            if number.isdecimal() and (slot := int(number)) < len(self._seen):
                if self._seen[slot]:
                    raise BrokenResults(f"line {self._line()} is a second result of {custom_id}")
                return slot
        raise ForeignResults(f"line {self._line()} is the result of a request that is not in this shard: {custom_id}")

    def _line(self) -> int:
        """Return the number of the line that is being taken in: each before it was another item's."""
        return sum(self._seen) + 1


def _kept(lines: Iterable[bytes], kept: IO[bytes] | None, hashed: Any) -> Generator[list[bytes], None, None]:
    """Yield lines in blocks, each after it was written as it came."""
    waiting = iter(lines)
    while block := list(islice(waiting, CHUNK)):
        data = b"\n".join((*block, b""))
        if kept:
            drafts.write(kept, data)
        hashed.update(data)
        yield block
