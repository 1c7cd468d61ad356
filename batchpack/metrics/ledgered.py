"""Batches of which no run tells, only the ledger: jobs of messages, runs over items, and runs that are gone."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from batchpack.ledger.values import EVERYTHING, Row, Where
from batchpack.metrics import usage
from batchpack.runs import ids
from batchpack.runs.store import AmbiguousRun

if TYPE_CHECKING:
    from batchpack.ledger import Ledger


@dataclass(frozen=True, slots=True)
class Batch:
    """What the ledger knows of one batch: who worked for it and where, its first and last request, and its sums.

    Times are in seconds since the epoch, None where no request has one; `batched` of the requests went through a batch
    service.
    """

    name: str
    hosts: tuple[str, ...]
    projects: tuple[str, ...]
    first_at: float | None
    last_at: float | None
    sums: Row
    batched: int

    def to_json(self) -> dict[str, Any]:
        """Return plain values; what is not known is null."""
        known = {"name": self.name, "hosts": list(self.hosts), "projects": list(self.projects)}
        times = {"first_at": self.first_at, "last_at": self.last_at, "batched_requests": self.batched}
        return {**known, **times, **usage.facts(self.sums, ())}


def find(ledger: Ledger, word: str, project: Path | None) -> str | None:
    """Return the name that a word means: a whole one, its beginning, or its last four digits; None for none.

    Raises AmbiguousRun.
    """
    names = {row.key[0] for row in ledger.totals(("run",), _where(project))} - {""}
    found = [word] if word in names else sorted(name for name in names if ids.matches(name, word))
    if len(found) > 1:
        raise AmbiguousRun(word, found)
    return found[0] if found else None


def newest(ledger: Ledger, project: Path | None, runs: Collection[str]) -> tuple[str, float] | None:
    """Return the batch that began last, and when, but for `runs`, which have records of their own; None: there is none.

    Raises what the ledger raises.
    """
    told = {*runs, *map(ids.short, runs), ""}
    began = dict[str, str]()
    for row in ledger.totals(("run", "day"), _where(project)):
        name, day = row.key
        if name not in told and day:
            began[name] = min(day, began.get(name, day))
    latest = max(began.values(), default="")
    found = [(_first(ledger, name), name) for name, day in began.items() if day == latest]
    return max(found)[::-1] if found else None


def read(ledger: Ledger, name: str, project: Path | None) -> Batch:
    """Return what the ledger knows of a batch."""
    where = _where(project)._replace(run=name)
    sums = next(iter(ledger.totals((), where)), Row(()))
    rows = list(ledger.sessions(where))
    first = [row.first_at for row in rows if row.first_at is not None]
    last = [row.last_at for row in rows if row.last_at is not None]
    batched = sum(row.requests for row in ledger.totals(("batch",), where) if row.key == ("yes",))
    hosts, projects = ({getattr(row.session, key) for row in rows} - {""} for key in ("host", "project"))
    return Batch(
        name, tuple(sorted(hosts)), tuple(sorted(projects)), min(first, default=None), max(last, default=None),
        sums, batched,
    )  # fmt: skip


def _first(ledger: Ledger, name: str) -> float:
    """Return when the first request for a batch was made."""
    return min((row.first_at for row in ledger.sessions(Where(run=name)) if row.first_at is not None), default=0.0)


def _where(project: Path | None) -> Where:
    """Return what belongs to a project, else all."""
    return EVERYTHING if project is None else Where(project=str(project))
