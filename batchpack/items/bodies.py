"""The fields of items: a file of lines beside the batch's own, written once, each line proved by its hash."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import IO, Any

import orjson

from batchpack.errors import BatchpackError, BrokenFile, Unwritable

NAME = "items.jsonl"
BUFFER = 1 << 20


class Tampered(BatchpackError):
    """An item whose fields are not those that were added."""

    def __init__(self, path: Path, item: str) -> None:
        super().__init__(f"{path}: what stands there for {item} is not what was added", "add the items to a new batch")


@contextmanager
def create(folder: Path) -> Iterator[IO[bytes]]:
    """Make the file of a new batch; raises Unwritable where there is no room."""
    path = folder / NAME
    try:
        with path.open("xb", buffering=BUFFER) as out:
            yield out
    except OSError as error:
        raise Unwritable(path, error.strerror or str(error)) from error


def beside(connection: sqlite3.Connection) -> Path:
    """Return the folder of the batch that a connection has open."""
    return Path(connection.execute("PRAGMA database_list").fetchone()["file"]).parent


def every(connection: sqlite3.Connection) -> Iterator[tuple[sqlite3.Row, dict[str, Any]]]:
    """Yield each item, `seq`, `id` and `chunk`, with its fields, in their order."""
    named = connection.execute("SELECT start, id, sha256 FROM item ORDER BY seq")
    rows = connection.execute("SELECT seq, id, chunk FROM item ORDER BY seq")
    yield from zip(rows, scan(beside(connection), named), strict=True)


def read(folder: Path, start: int, item: str, digest: str) -> dict[str, Any]:
    """Return the fields of one item; raises Tampered for others than those of the hash."""
    return next(scan(folder, [(start, item, digest)]))


def scan(folder: Path, wanted: Iterable[tuple[int, str, str]]) -> Iterator[dict[str, Any]]:
    """Yield the fields of items that are named by place, id and hash; raises Tampered and BrokenFile."""
    path = folder / NAME
    try:
        with path.open("rb", buffering=BUFFER) as stream:
            place = 0
            for start, item, digest in wanted:
                if start != place:
                    stream.seek(start)
                line = stream.readline()
                place = start + len(line)
                if sha256(line[:-1]).hexdigest() != digest:
                    raise Tampered(path, item)
                yield _parsed(line)
    except OSError as error:
        raise BrokenFile(path, error.strerror or str(error)) from error


def _parsed(line: bytes) -> dict[str, Any]:
    """Parse fields; halves of surrogate pairs and large numbers as Python takes them."""
    try:
        found: dict[str, Any] = orjson.loads(line)
    except ValueError:
        found = json.loads(line)
    return found
