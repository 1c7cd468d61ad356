"""The ready bodies of a round on disk, one file a shard: written once, sent from there, read back for other rounds."""

from __future__ import annotations

import hashlib
import json
import os
from array import array
from collections import deque
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, NamedTuple

from batchpack.errors import BatchpackError, BrokenFile, Unwritable
from batchpack.files import sync_folder
from batchpack.messages.job import Job
from batchpack.messages.state import Shard

HEAD, BETWEEN, TAIL = b'{"requests":[\n', b",\n", b"\n]}\n"
_PARAMS = b'","params":'
OVERHEAD = 100
"""More bytes than a body needs around its only request, beside the nonce."""


class Request(NamedTuple):
    """A request as it was written: the number of its item, the item's key as JSON, its parameters as JSON."""

    number: int
    key: str
    params: bytes


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a shard may hold at most."""

    requests: int
    bytes: int


class _File:
    """One shard while it is written; its end can be taken back."""

    def __init__(self, folder: Path, prefix: str, name: str) -> None:
        self.prefix, self.name = prefix, name
        self.body: IO[bytes] = (folder / f"{name}.json").open("w+b", buffering=1 << 18)
        self.keys: IO[bytes] = (folder / f"{name}.keys").open("w+b", buffering=1 << 16)
        self.starts, self.key_starts = array("Q"), array("Q")
        self.size, self.key_size = len(HEAD), 0
        self.sha = hashlib.sha256(HEAD)
        self.body.write(HEAD)

    def __len__(self) -> int:
        return len(self.starts)

    def add(self, request: Request) -> None:
        """Write one request."""
        between = BETWEEN if self.starts else b""
        line = b'%s{"custom_id":"%s%d","params":%s}' % (
            between, self.prefix.encode(), len(self.starts), request.params,
        )  # fmt: skip
        key = f"{request.number}\t{request.key}\n".encode()
        self.starts.append(self.size)
        self.key_starts.append(self.key_size)
        self.body.write(line)
        self.keys.write(key)
        self.sha.update(line)
        self.size += len(line)
        self.key_size += len(key)

    def cut(self, count: int) -> list[Request]:
        """Keep the first `count` requests and return the others."""
        self.body.seek(self.starts[count])
        self.keys.seek(self.key_starts[count])
        lines, keys = self.body.read().removeprefix(BETWEEN).split(BETWEEN), self.keys.read().splitlines()
        self.size, self.key_size = self.starts[count], self.key_starts[count]
        for stream, size in ((self.body, self.size), (self.keys, self.key_size)):
            stream.seek(size)
            stream.truncate()
        del self.starts[count:], self.key_starts[count:]
        self.sha = hashlib.sha256()
        self.body.seek(0)
        while chunk := self.body.read(1 << 20):
            self.sha.update(chunk)
        return [_request(line, key) for line, key in zip(lines, keys, strict=True)]

    def close(self) -> dict[str, Any]:
        """Finish the files, force them to disk and return the shard's facts without its number."""
        self.body.write(TAIL)
        self.sha.update(TAIL)
        for stream in (self.body, self.keys):
            stream.flush()
            os.fsync(stream.fileno())
            stream.close()
        return {"requests": len(self), "bytes": self.size + len(TAIL), "sha256": self.sha.hexdigest()}


class Spool:
    """Writes a round: `add` each request, then `close` for the facts of its shards.

    Shards differ in their number of requests, also from `taken`, the sizes of other rounds: a batch that the service
    made without our learning its name can then be told by its size. Where no size is left, sizes repeat.
    """

    def __init__(
        self,
        folder: Path,
        nonce: str,
        round_: int,
        bounds: Bounds,
        taken: Collection[int] = (),
        *,
        canary: bool = False,
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder, self._nonce, self._round, self._bounds = folder, nonce, round_, bounds
        self._taken, self._rows = set(taken), list[dict[str, Any]]()
        self._file: _File | None = None
        self._cap = 1 if canary else self._largest()

    def add(self, request: Request) -> None:
        """Write a request; raises BatchpackError for one that no batch could hold, Unwritable."""
        try:
            self._add(request)
        except OSError as error:
            raise Unwritable(self._folder, error.strerror or str(error)) from error

    def close(self) -> list[dict[str, Any]]:
        """Finish the round; returns shard, requests, bytes and sha256 of each."""
        try:
            if self._file is not None:
                self._finish(len(self._file), last=True)
            sync_folder(self._folder)
        except OSError as error:
            raise Unwritable(self._folder, error.strerror or str(error)) from error
        return self._rows

    def abandon(self) -> None:
        """Let go of the file at hand."""
        if self._file is not None:
            self._file.body.close()
            self._file.keys.close()

    def _add(self, request: Request) -> None:
        if len(request.params) + len(self._nonce) + OVERHEAD > self._bounds.bytes:
            raise BatchpackError(
                f"item {request.number} (key {request.key}) comes to {len(request.params):,} bytes, "
                f"more than the {self._bounds.bytes:,} of a whole batch",
                "nothing of it was sent; make the item smaller",
            )
        if self._file is not None and self._fits(self._file, request):
            self._file.add(request)
            return
        waiting = deque([request])
        while waiting:
            file = self._file or self._open()
            if len(file) and not self._fits(file, waiting[0]):
                waiting.extendleft(reversed(self._finish(len(file))))
            else:
                file.add(waiting.popleft())

    def _fits(self, file: _File, request: Request) -> bool:
        """Tell whether a shard takes one more request."""
        size = file.size + len(request.params) + len(self._nonce) + OVERHEAD
        return len(file) < self._cap and size <= self._bounds.bytes

    def _open(self) -> _File:
        number = len(self._rows) + 1
        prefix = f"{self._nonce}-r{self._round}-s{number}-"
        self._file = _File(self._folder, prefix, f"{self._round}-{number}")
        return self._file

    def _finish(self, count: int, *, last: bool = False) -> list[Request]:
        """End the shard at hand with a size that is not taken; returns the requests that must go to another."""
        if self._file is None:
            return []
        keep = self._split(count) if last else self._free(count)
        moved = self._file.cut(keep) if keep < count else []
        self._rows.append({"shard": len(self._rows) + 1, **self._file.close()})
        self._taken.add(keep)
        self._file, self._cap = None, self._largest()
        if last and moved:
            for request in moved:
                self._add(request)
            self._finish(len(moved), last=True)
        return [] if last else moved

    def _largest(self) -> int:
        """Return the largest size that is left."""
        return self._free(self._bounds.requests)

    def _free(self, size: int) -> int:
        """Return the largest size up to this one that is not taken, or this one when all are."""
        return next((one for one in range(size, 0, -1) if one not in self._taken), size)

    def _split(self, size: int) -> int:
        """Return where to part the last shard so that both parts have sizes of their own; its end where that fails."""
        if size not in self._taken:
            return size
        parts = (one for one in range(size - 1, size // 2, -1) if one not in self._taken)
        return next((one for one in parts if size - one not in self._taken), size)


def requests(job: Job, shard: Shard) -> Iterator[Request]:
    """Yield the requests of a shard as they were written; raises BrokenFile for a spool that was changed."""
    body, keys = job.body(shard.name), job.keys(shard.name)
    try:
        with body.open("rb") as lines, keys.open("rb") as names:
            next(lines)
            for _, line, key in zip(range(shard.requests), lines, names, strict=False):
                yield _request(line.rstrip(b"\n").removesuffix(b","), key.rstrip(b"\n"))
    except OSError as error:
        raise BrokenFile(body, error.strerror or str(error)) from error


def verify(job: Job, shard: Shard) -> None:
    """Refuse a body that is not the one that was written: its requests would not be those of the keys beside it."""
    path, found = job.body(shard.name), hashlib.sha256()
    try:
        with path.open("rb") as stream:
            while chunk := stream.read(1 << 20):
                found.update(chunk)
    except OSError as error:
        raise BrokenFile(path, error.strerror or str(error)) from error
    if found.hexdigest() != shard.sha256:
        raise BrokenFile(path, "it was changed after it was written; it is not sent")


def _request(line: bytes, key: bytes) -> Request:
    """Take a line apart."""
    number, _, name = key.decode().partition("\t")
    return Request(int(number), name, line[line.index(_PARAMS) + len(_PARAMS) : -1])


def key_of(key: str | int) -> str:
    """Return a key as JSON on one line."""
    return json.dumps(key)
