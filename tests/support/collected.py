"""Collectors read as the ledger reads them: each source from its cursor, what is told twice counted once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from batchpack.collector import Collector, Complaint, Cursor, Fact, Session, Used

KINDS = ("input", "output", "cache_read", "write_5m", "write_1h")


@dataclass
class Shelf:
    """What was read so far."""

    used: dict[tuple[str, str], Used] = field(default_factory=dict)
    sessions: list[Session] = field(default_factory=list)
    complaints: list[Complaint] = field(default_factory=list)
    cursors: dict[str, Cursor] = field(default_factory=dict)
    portions: int = 0

    def collect(self, *collectors: Collector) -> Shelf:
        """Read on all sources."""
        for one in collectors:
            for source in one.sources():
                for portion in one.read(source, self.cursors.get(source.key)):
                    self.portions += 1
                    self.cursors[source.key] = portion.cursor
                    self._take(portion.facts)
        return self

    def _take(self, facts: Iterable[Fact]) -> None:
        """Keep facts."""
        for fact in facts:
            if isinstance(fact, Used):
                self.used[fact.session.host, fact.key] = fact
                self.sessions.append(fact.session)
            elif isinstance(fact, Session):
                self.sessions.append(fact)
            elif isinstance(fact, Complaint):
                self.complaints.append(fact)

    def sums(self) -> dict[str, int]:
        """Add up requests and tokens by kind."""
        every = self.used.values()
        return {"requests": sum(one.requests for one in every)} | {
            kind: sum(getattr(one, kind) for one in every) for kind in KINDS
        }
