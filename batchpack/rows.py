"""Rows of JSONL and CSV, read one at a time: what is broken is told with its line, and the rest can still be read."""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import IO, Any, NamedTuple

import orjson

MARK = b"\xef\xbb\xbf"
"""The byte order mark that some editors put before UTF-8."""
DOCUMENT_LIMIT = 256_000_000
"""Bytes of a line; a cell may hold a document, where csv's own limit is 128 kB."""
PIECE = 1 << 16
"""Bytes that are read at once where many lines are taken together: few enough for a processor's cache."""
csv.field_size_limit(DOCUMENT_LIMIT)

Broken = Callable[[int, str, int | None], None]
"""Is told a line, what is wrong with it and the column if that is known; one that raises ends the reading."""


class Row(NamedTuple):
    """One row: what makes it itself, its fields, and the line that it begins on, from 1."""

    raw: Any
    fields: dict[str, Any]
    line: int


def lines(stream: IO[bytes], broken: Broken, limit: int = DOCUMENT_LIMIT) -> Iterator[tuple[int, bytes]]:
    """Yield each line as it stands with its number from 1; one of more bytes than the limit is broken."""
    number, size = 0, limit + 1
    while line := stream.readline(size):
        number += 1
        if len(line) == size and not line.endswith(b"\n"):
            while line and not line.endswith(b"\n"):
                line = stream.readline(1 << 20)
            broken(number, f"the line has more than {limit:,} bytes", None)
        else:
            yield number, line


def pieces(stream: IO[bytes], limit: int = DOCUMENT_LIMIT) -> Iterator[tuple[int, list[bytes]]]:
    """Yield many lines at a time, without their ends, with the number of the first, from 1.

    Of a line of more bytes than the limit, no more is kept than tells that it is too long; see `numbered`.
    """
    number, held, size = 1, list[bytes](), 0
    while data := stream.read(PIECE):
        *whole, rest = data.split(b"\n")
        if whole:
            whole[0] = b"".join([*held, whole[0]])
            yield number, whole
            number, held, size = number + len(whole), [], 0
        if size <= limit:
            held.append(rest)
            size += len(rest)
    if size:
        yield number, [b"".join(held)]


def numbered(first: int, piece: Iterable[bytes], broken: Broken, limit: int) -> Iterator[tuple[int, bytes]]:
    """Yield the lines of a piece as `lines` does; those of more bytes than the limit are told."""
    for number, line in enumerate(piece, first):
        if len(line) > limit:
            broken(number, f"the line has more than {limit:,} bytes", None)
        else:
            yield number, line


def jsonl(numbered: Iterable[tuple[int, bytes]], broken: Broken) -> Iterator[Row]:
    """Yield the objects of lines; empty lines are none."""
    loads = orjson.loads
    for number, line in numbered:
        text = line.strip() if number > 1 else line.removeprefix(MARK).strip()
        if not text:
            continue
        try:
            found = loads(text)
        except ValueError:
            found = _slowly(text, number, broken)
        if isinstance(found, dict):
            yield Row(text, found, number)
        elif found is not _NOTHING:
            broken(number, "the line is no JSON object", None)


_NOTHING = object()


def _slowly(text: bytes, number: int, broken: Broken) -> Any:
    """Parse as Python does, which takes large numbers and halves of surrogate pairs and knows the column."""
    import json

    try:
        return json.loads(text.decode())
    except UnicodeDecodeError:
        broken(number, "it is not UTF-8 text", None)
    except ValueError as error:
        broken(number, "the line is not JSON", getattr(error, "colno", None))
    except RecursionError:
        broken(number, "the line is nested too deeply", None)
    return _NOTHING


def table(
    numbered: Iterable[tuple[int, bytes]], broken: Broken, mark: str = ",", limit: int = DOCUMENT_LIMIT
) -> Iterator[Row]:
    """Yield the rows of CSV below its head, which names the fields.

    A row that is broken is told by the line it begins on, and reading goes on with the next line: a quote that nobody
    closes takes one row with it, not all that follow.
    """
    feed = _Feed(numbered, broken, limit)
    records = feed.records(mark)
    head = next((cells for _, cells in records), [])
    if len(set(head)) < len(head):
        broken(1, "two columns have the same name", None)
        return
    for line, cells in records:
        if cells and len(cells) != len(head):
            feed.again(f"{len(cells)} cells where the head has {len(head)}")
        elif cells:
            yield Row(tuple(cells), dict(zip(head, cells, strict=True)), line)


class _Feed:
    """Lines as text for csv, with those of the present record kept, so that it can be begun anew after a broken one."""

    def __init__(self, numbered: Iterable[tuple[int, bytes]], broken: Broken, limit: int) -> None:
        self._fresh, self._broken, self._limit = iter(numbered), broken, limit
        self._back: deque[tuple[int, str]] = deque()
        self._record: list[tuple[int, str]] = []

    def records(self, mark: str) -> Iterator[tuple[int, list[str]]]:
        """Yield the cells of each record with the line it begins on."""
        while True:
            try:
                for cells in csv.reader(self._text(), delimiter=mark, strict=True):
                    yield self._record[0][0], cells
                    self._record.clear()
                return
            except csv.Error as error:
                self.again(str(error))

    def again(self, reason: str) -> None:
        """Tell the present record as broken and read on at its second line."""
        (line, _), *rest = self._record
        self._record.clear()
        self._broken(line, reason, None)
        self._back.extendleft(reversed(rest))

    def _text(self) -> Iterator[str]:
        """Yield lines, those that were given back first."""
        size = 0
        while (one := self._back.popleft() if self._back else self._decoded()) is not None:
            size = len(one[1]) + (size if self._record else 0)
            self._record.append(one)
            if size > self._limit:
                raise csv.Error(f"the row has no end within {self._limit:,} bytes; is a quote not closed?")
            yield one[1]

    def _decoded(self) -> tuple[int, str] | None:
        """Return the next line as text; one that is no UTF-8 is told."""
        for number, line in self._fresh:
            try:
                return number, (line if number > 1 else line.removeprefix(MARK)).decode()
            except UnicodeDecodeError:
                self._broken(number, "it is not UTF-8 text", None)
        return None
