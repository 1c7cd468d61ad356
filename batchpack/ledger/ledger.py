"""The ledger of a user: what models were used for, in one SQLite file that any number of processes share."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from datetime import UTC, tzinfo
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from batchpack.collector import Cursor, Mark, Portion, Source
from batchpack.database import told
from batchpack.ledger import checking, complaints, listing, taking, totals
from batchpack.ledger.values import EVERYTHING, Key, Pruned, Row, SessionRow, Taken, Taking, Told, Where


class Ledger:
    """What is known of sessions, requests and marks; made by `opening.open`, closed at the end of its `with` block.

    All that it answers is whole: a portion's facts are stored together with how far its source was read, or not at all.
    Raises Busy, Unwritable or BrokenFile where the file cannot be used.
    """

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self.path = path
        self._connection = connection

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()

    def take(
        self, collector: str, source: Source, portion: Portion, before: Cursor | None, *, done: bool = True
    ) -> bool:
        """Store a portion in one transaction; False: somebody else read on from `before` meanwhile, nothing is stored.

        Until a portion is `done`, the source counts as not read to its end.
        """
        return self.take_all([Taking(collector, source, portion, before, done)])[0].kept

    def take_all(self, takings: Sequence[Taking]) -> list[Taken]:
        """Store many portions in one transaction, in their order; say of each what became of it."""
        return taking.take(self._connection, takings)

    def failed(self, collector: str, source: Source, reason: str, *, until_changed: bool = False) -> Told | None:
        """Keep that a source cannot be read as a whole, until it is read; returns the complaint if it is new.

        With `until_changed` its stamp is kept as well, so that it is not due before that changes.
        """
        return taking.fail(self._connection, collector, source, reason, until_changed=until_changed)

    def recovered(self, collector: str, source: Source) -> None:
        """Take back that a source could not be read as a whole."""
        taking.recover(self._connection, collector, source)

    def cursor(self, collector: str, source_key: str) -> tuple[str, Cursor | None] | None:
        """Return the stamp and the cursor that a source was read to, None for one that was never read."""
        return self.sources(collector).get(checking.storable(source_key))

    def sources(self, collector: str) -> dict[str, tuple[str, Cursor | None]]:
        """Return stamp and cursor of all sources of a collector by `storable` key.

        The stamp is empty where more is to be read.
        """
        with told(self.path):
            return {key: (stamp, cursor) for key, stamp, cursor in taking.sources(self._connection, collector)}

    def totals(self, by: Sequence[Key] = (), where: Where = EVERYTHING, zone: tzinfo = UTC) -> list[Row]:
        """Return sums by keys, ordered by them; a `day` is one of the zone. No row where nothing fits."""
        with told(self.path):
            return totals.totals(self._connection, by, where, zone)

    def sessions(self, where: Where = EVERYTHING) -> Iterator[SessionRow]:
        """Yield each session and each part of one that fits and used something in the span, with its sums."""
        with told(self.path):
            yield from listing.sessions(self._connection, where)

    def marks(self, where: Where = EVERYTHING) -> Iterator[Mark]:
        """Yield the marks that fit, earliest first."""
        with told(self.path):
            yield from listing.marks(self._connection, where)

    def complaints(self) -> list[Told]:
        """Return what could not be read, oldest first."""
        with told(self.path):
            return complaints.all_of(self._connection)

    def prune(self, before: float) -> Pruned:
        """Remove all facts from before a time for good: they are not taken again, wherever they are told."""
        from batchpack.ledger import pruning

        return pruning.prune(self._connection, self.path, before)

    def export(self, stream: IO[str], form: str = "jsonl", where: Where = EVERYTHING) -> int:
        """Write each request as a line of JSON (`jsonl`) or of a table (`csv`); return how many."""
        from batchpack.ledger import exporting

        with told(self.path):
            return exporting.export(self._connection, stream, form, where)
