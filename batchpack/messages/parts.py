"""The results of direct requests as they come in: a file a shard, only ever appended, each line forced to disk."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path

from batchpack.errors import BrokenFile
from batchpack.files import append_line
from batchpack.messages.asking import Result


class Part:
    """A shard's results until all are there; `prefix` and an item's number in the shard make its request's id.

    A line that a crash cut off was never acted upon: its request counts as one whose answer did not arrive.
    """

    def __init__(self, path: Path, prefix: str, size: int) -> None:
        self.path, self.prefix, self.size = path, prefix, size
        self._lock = threading.Lock()
        self.done = {slot for slot, _ in self._read()}

    def add(self, slot: int, result: Result) -> None:
        """Write the result of one request, to be found again after a crash."""
        line = json.dumps({"custom_id": f"{self.prefix}{slot}", "result": result}, separators=(",", ":"))
        with self._lock:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            append_line(self.path, line)
            self.done.add(slot)

    def missing(self) -> Iterator[int]:
        """Yield the numbers without a result."""
        return (slot for slot in range(self.size) if slot not in self.done)

    def lines(self) -> Iterator[bytes]:
        """Yield the line of each request that has a result, once."""
        seen: set[int] = set()
        for slot, line in self._read():
            if slot not in seen:
                seen.add(slot)
                yield line

    def _read(self) -> Iterator[tuple[int, bytes]]:
        """Yield all whole lines with the numbers of their requests."""
        try:
            with self.path.open("rb") as stream:
                for line in stream:
                    slot = self._slot(line)
                    if slot is not None:
                        yield slot, line.rstrip(b"\n")
        except FileNotFoundError:
            return
        except OSError as error:
            raise BrokenFile(self.path, error.strerror or str(error)) from error

    def _slot(self, line: bytes) -> int | None:
        """Return the number of the request that a line is about; None for one that is torn or of something else."""
        try:
            name = json.loads(line)["custom_id"]
            number = int(name.removeprefix(self.prefix)) if name.startswith(self.prefix) else -1
        except (ValueError, KeyError, TypeError, AttributeError):
            return None
        return number if 0 <= number < self.size else None
