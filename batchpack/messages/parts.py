"""The results of direct requests as they come in: a file a shard, only ever appended, each line forced to disk."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from batchpack.errors import BrokenFile
from batchpack.files import append_line
from batchpack.messages import outcomes
from batchpack.messages.asking import Result


class Part:
    """A shard's results until all are there; `prefix` and an item's number in the shard make its request's id.

    `done` are the numbers with a result that counts: one that may be asked again for free does not, once a new run
    begins. Of several lines of one request the last counts. A line that a crash cut off was never acted upon: its
    request is one whose answer did not arrive.
    """

    def __init__(self, path: Path, prefix: str, size: int) -> None:
        self.path, self.prefix, self.size = path, prefix, size
        self._lock = threading.Lock()
        self.done = {slot for slot, line in self._newest() if final(json.loads(line)["result"])}

    def add(self, slot: int, result: Result) -> None:
        """Write the result of one request, to be found again after a crash."""
        line = self.line(slot, result)
        with self._lock:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            append_line(self.path, line.decode())
            self.done.add(slot)

    def line(self, slot: int, result: Result) -> bytes:
        """Return a result as the service would write it among those of a batch."""
        return json.dumps({"custom_id": f"{self.prefix}{slot}", "result": result}, separators=(",", ":")).encode()

    def results(self) -> Iterator[tuple[int, Result]]:
        """Yield the number and the result of each request that has one."""
        return ((slot, json.loads(line)["result"]) for slot, line in self._newest())

    def lines(self, missing: Result, lost: Result, hanging: set[int]) -> Iterator[bytes]:
        """Yield a line for each request: where there is no result, `missing`, or `lost` for those `hanging`."""
        found = set()
        for slot, line in self._newest():
            found.add(slot)
            yield line
        for slot in range(self.size):
            if slot not in found:
                yield self.line(slot, lost if slot in hanging else missing)

    def _newest(self) -> Iterator[tuple[int, bytes]]:
        """Yield the last line of each request, in their order."""
        try:
            with self.path.open("rb") as stream:
                places, place = dict[int, int](), 0
                for line in stream:
                    slot = self._slot(line)
                    if slot is not None:
                        places[slot] = place
                    place += len(line)
                for slot, start in sorted(places.items()):
                    stream.seek(start)
                    yield slot, stream.readline().rstrip(b"\n")
        except FileNotFoundError:
            return
        except OSError as error:
            raise BrokenFile(self.path, error.strerror or str(error)) from error

    def _slot(self, line: bytes) -> int | None:
        """Return the number of the request that a line is about; None for one that is torn or of something else."""
        try:
            found: dict[str, Any] = json.loads(line)
            name = found["custom_id"]
            number = int(name.removeprefix(self.prefix)) if name.startswith(self.prefix) and "result" in found else -1
        except (ValueError, KeyError, TypeError, AttributeError):
            return None
        return number if 0 <= number < self.size else None


def final(result: Result) -> bool:
    """Tell whether a result stands: an answer, or a failure that asking again unchanged would not mend for free."""
    return result["type"] == "succeeded" or outcomes.remedy(outcomes.of_result(result)[0]) != "free"
