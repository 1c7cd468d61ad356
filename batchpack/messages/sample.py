"""Some of many requests, spread evenly, without keeping the others."""

from __future__ import annotations

SIZE = 100


class Sample:
    """Keeps every k-th request, and doubles k when there are too many: at most twice `SIZE`, at least all of few."""

    def __init__(self) -> None:
        self._kept: list[bytes] = []
        self._step = 1
        self.count = self.bytes = 0

    def add(self, params: bytes) -> None:
        """Look at the next request."""
        if self.count % self._step == 0:
            self._kept.append(params)
            if len(self._kept) >= 2 * SIZE:
                self._kept, self._step = self._kept[::2], self._step * 2
        self.count += 1
        self.bytes += len(params)

    @property
    def first(self) -> bytes:
        """Return the first request."""
        return self._kept[0]

    def take(self, number: int) -> list[bytes]:
        """Return so many of those kept, spread evenly; fewer where there are fewer."""
        kept, many = self._kept, min(number, len(self._kept))
        return [kept[at * len(kept) // many] for at in range(many)] if many else []
