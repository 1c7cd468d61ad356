"""All that `batch-metrics` shows, read at one moment: runs of both kinds, and what the ledger knows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from batchpack import places, prices
from batchpack.app import Registry
from batchpack.executor import Usage
from batchpack.ledger.values import Row, Told, Where
from batchpack.metrics import attributing, ledgered, moments, reading, savings, stats, usage
from batchpack.metrics.ledgered import Batch
from batchpack.metrics.reading import Known
from batchpack.metrics.savings import Figure
from batchpack.runs import ids, store
from batchpack.runs.store import UnknownRun

if TYPE_CHECKING:
    from batchpack.ledger import Ledger

SECTIONS = ("model", "agent")
"""What of the ledger stands below the runs."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What to look at: one project's or all, since a moment or ever, the run in one folder or all.

    `batch` is the name of a batch that only the ledger knows, instead of a run.
    """

    project: Path | None = None
    since: float | None = None
    folder: Path | None = None
    batch: str = ""

    @property
    def where(self) -> Where:
        """Return the same as the ledger is asked for it."""
        run = self.folder.name if self.folder else self.batch or None
        return Where(since=self.since, project=str(self.project) if self.project else None, run=run)


@dataclass(frozen=True, slots=True)
class Overview:
    """What there is: `usage` has the rows of the ledger by the word they were asked for.

    `itself` is what the sessions used, beside their agents, that carried out the one run that was asked for, `batches`
    what went through a batch service. `wrong` says what is wrong with the ledger, where only journals could be read.
    """

    asked: Asked
    known: Known
    usage: Mapping[str, Sequence[Row]] = field(default_factory=dict)
    complaints: Sequence[Told] = ()
    itself: Usage | None = None
    batches: Sequence[Row] = ()
    batch: Batch | None = None
    wrong: str = ""

    @property
    def empty(self) -> bool:
        """Tell whether nothing at all is known."""
        return not self.known.records and not any(self.usage.values())

    @property
    def savings(self) -> list[Figure]:
        """Return what batching saved."""
        return savings.of(self.known.records, self.batches)

    def to_json(self) -> dict[str, Any]:
        """Return plain values; what is not known is null."""
        table, records = prices.shipped(), self.known.records
        used = {
            f"by_{word}": [usage.facts(row, usage.BY[word]) for row in rows] for word, rows in self.usage.items()
        }  # fmt: skip
        left = {"broken_runs": self.known.broken, "gone_runs": self.known.gone}
        return {
            "runs": [stats.detail(record) for record in records], "totals": stats.totals(records), "left_out": left,
            **used, "session_itself": self.itself and self.itself._asdict(),
            "savings": [one.to_json() for one in self.savings], "complaints": len(self.complaints),
            "batch": self.batch and self.batch.to_json(), "ledger_error": self.wrong or None,
            "prices": {"as_of": table.as_of, "source": table.source},
        }  # fmt: skip


def roots(registry: Registry) -> list[Path]:
    """Return the folders in which hosts keep the runs of all projects."""
    kept = (host.PLACES.runs for host in registry.hosts.values())
    return [places.home() / place.removeprefix("~/") for place in kept if place.startswith("~/")]


def newest(project: Path | None, registry: Registry) -> Path:
    """Return the folder of the newest run (of one project); raises UnknownRun where there is none."""
    folders = reading.folders(project, roots(registry))
    if project is not None:
        folders = store.of_project(project)
    if not folders:
        raise UnknownRun(ids.LATEST)
    return folders[-1]


def names(project: Path | None, registry: Registry) -> frozenset[str]:
    """Return the ids of the runs there are."""
    return frozenset(folder.name for folder in reading.folders(project, roots(registry)))


def began(folder: Path) -> float:
    """Return when the run in a folder began, as its id says, in seconds since the epoch."""
    return datetime.strptime(folder.name[:15], "%Y%m%dT%H%M%S").replace(tzinfo=UTC).timestamp()


def gather(asked: Asked, registry: Registry, ledger: Ledger) -> Overview:
    """Read runs and what models used."""
    return used(asked, runs(asked, registry), ledger)


def runs(asked: Asked, registry: Registry) -> Known:
    """Read what the runs' own journals say."""
    plain = reading.programs(registry.executors)
    if asked.batch:
        return Known((), 0, 0)
    if asked.folder:
        return Known((reading.read(asked.folder, plain),), 0, 0)
    return reading.every(asked.project, plain, roots(registry), asked.since or 0.0)


def used(asked: Asked, known: Known, ledger: Ledger) -> Overview:
    """Return runs together with what the ledger knows."""
    batch = ledgered.read(ledger, asked.batch, asked.project) if asked.batch else None
    rows = {word: rows_of(ledger, word, asked) for word in (*SECTIONS, *(["task"] if batch else ()))}
    known = replace(known, records=tuple(attributing.filled(record, ledger) for record in known.records))
    itself = attributing.itself(known.records[0], ledger) if asked.folder else None
    batches = [row for row in ledger.totals(["batch"], asked.where) if row.key == ("yes",)]
    return Overview(asked, known, rows, ledger.complaints(), itself, batches, batch)


def rows_of(ledger: Ledger, word: str, asked: Asked) -> list[Row]:
    """Return what the ledger knows by one of the words of `usage.BY`, in the order for people; days are local ones."""
    by = usage.BY[word]
    return usage.ordered(ledger.totals(by, asked.where, zone=moments.HERE), by)
