"""An index of claims by their folders, so that ten thousand tasks need no comparison of each with each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from batchpack.tasks.claims import ANYWHERE, Claim, Lock
from batchpack.tasks.overlap import overlap

BUDGET = 1_000_000
"""After so many comparisons, claims not compared yet count as overlapping: more batches, never unsafe ones."""


@dataclass(slots=True)
class _Folder:
    """A segment of the tree: the claims that begin here with the last batch of each, and the last batch below."""

    inner: dict[str, _Folder] = field(default_factory=dict)
    claims: dict[Claim, int] = field(default_factory=dict)
    latest: int = -1


class Shelf:
    """Claims that batches hold, batches counted from 0; -1 stands for none."""

    def __init__(self, budget: int = BUDGET) -> None:
        self._root = _Folder()
        self._locks: dict[str, dict[tuple[str, ...] | None, int]] = {}
        self._budget = budget

    def put(self, claims: Sequence[Claim], locks: Sequence[Lock], batch: int) -> None:
        """Note that a batch holds claims and lock files."""
        for claim in claims:
            folder = self._root
            folder.latest = max(folder.latest, batch)
            for segment in claim.anchor:
                folder = folder.inner.setdefault(segment, _Folder())
                folder.latest = max(folder.latest, batch)
            folder.claims[claim] = max(batch, folder.claims.get(claim, -1))
        for manager, place in locks:
            of_manager = self._locks.setdefault(manager, {})
            of_manager[place] = max(batch, of_manager.get(place, -1))

    def latest(self, claims: Sequence[Claim], locks: Sequence[Lock]) -> int:
        """Return the last batch that holds something that overlaps."""
        batch = -1
        for claim in claims:
            batch = self._latest(claim, batch)
        for manager, place in locks:
            batch = max(batch, self._latest_lock(manager, place))
        return batch

    def _latest_lock(self, manager: str, place: tuple[str, ...] | None) -> int:
        """Return the last batch that may rewrite a lock file."""
        held = self._locks.get(manager, {})
        if place is ANYWHERE:
            return max(held.values(), default=-1)
        return max(held.get(place, -1), held.get(ANYWHERE, -1))

    def _latest(self, claim: Claim, batch: int) -> int:
        """Look along the claim's folders and below them for overlaps later than a batch."""
        folder: _Folder | None = self._root
        for segment in claim.anchor:
            if folder is None or folder.latest <= batch:
                return batch
            batch = self._later(folder, claim, batch)
            folder = folder.inner.get(segment)
        stack = [] if folder is None else [folder]
        while stack:
            folder = stack.pop()
            if folder.latest > batch:
                batch = self._later(folder, claim, batch)
                stack.extend(folder.inner.values())
        return batch

    def _later(self, folder: _Folder, claim: Claim, batch: int) -> int:
        """Return the latest batch of the claims of one folder that overlap, if it is later."""
        for held, number in folder.claims.items():
            if number > batch:
                self._budget -= 1
                if self._budget < 0 or overlap(held, claim):
                    batch = number
        return batch
