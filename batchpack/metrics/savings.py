"""What batching saved: each figure against a baseline that is said, measured or estimated, never both in one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal

from batchpack import prices
from batchpack.errors import BatchpackError
from batchpack.metrics import figures, handed, wording
from batchpack.metrics.values import Record

if TYPE_CHECKING:
    from batchpack.ledger.values import Row

Known = Literal["measured", "estimated", "unknown"]
BYTES_A_TOKEN = 4


@dataclass(frozen=True, slots=True)
class Figure:
    """What something took and what its baseline would have taken, in `unit`; both None where nothing is known.

    `n` of the things `counted` are in both, `left_out` in neither. A figure is measured where both sides are sums of
    what was measured; where anything is assumed it is estimated, and `method` says what.
    """

    name: str
    unit: Literal["seconds", "tokens", "dollars"]
    took: float | None
    baseline: float | None
    known: Known
    n: int
    left_out: int
    counted: str
    against: str
    method: str

    @property
    def saved(self) -> float | None:
        """Return the difference, below 0 where it took more than the baseline."""
        return None if self.took is None or self.baseline is None else self.baseline - self.took

    @property
    def share(self) -> float | None:
        """Return the difference as a share of the baseline, None where there is nothing to compare with."""
        return self.saved / self.baseline if self.saved is not None and self.baseline else None

    def to_json(self) -> dict[str, Any]:
        """Return plain values."""
        return {**asdict(self), "saved": self.saved, "share": self.share}


def of(records: Sequence[Record], rows: Iterable[Row]) -> list[Figure]:
    """Return what runs saved, and the batch service (`rows`: see `of_batches`); nothing of what was not used."""
    batches = of_batches(rows)
    return [*(of_runs(records) if records else []), *([batches] if batches.n or batches.left_out else [])]


def of_runs(records: Iterable[Record]) -> list[Figure]:
    """Return what runs saved in time, and those of hosts in what models were given to read."""
    every = list(records)
    return [*_times(every), _context([record for record in every if record.kind == "host"])]


def _times(records: Sequence[Record]) -> list[Figure]:
    """Compare the attempts' own times, added up, with the time that was worked in and with the whole time."""
    found = [figures.times(record.attempts) for record in records]
    known = [one for one in found if one.worked is not None]
    n = sum(one.measured for one in known)
    left_out = sum(len(record.attempts) for record in records) - n
    worked, busy, wall = (sum(getattr(one, name) for one in known) for name in ("worked", "busy", "wall"))
    against = "the same attempts one after another, each as long as it was"
    sides = {"time at work": (busy, AT_WORK), "time from first to last": (wall, FROM_FIRST_TO_LAST)}
    return [
        _figure(name, "seconds", (took, worked), "measured", n, left_out, "attempts", against, method)
        for name, (took, method) in sides.items()
    ]


AT_WORK = "the time in which at least one attempt worked; attempts that share a machine or a limit slow each other"
FROM_FIRST_TO_LAST = "as it is, with the session's own turns, waiting, pauses and nights in it"


def _context(records: Sequence[Record]) -> Figure:
    """Compare what models were given to read with the same texts inline."""
    took, baseline, n, left_out = 0, 0, 0, 0
    for record in records:
        try:
            one = handed.read(record.folder)
        except (BatchpackError, OSError):
            left_out += len(record.attempts)
            continue
        n, left_out = n + one.attempts, left_out + one.unknown
        if one.attempts:
            took, baseline = took + one.by_files.total, baseline + one.inline.total
    against = "a session that reads every report, and agents given the whole request and every report before them"
    sides = (tokens(took), tokens(baseline))
    return _figure("texts handed over", "tokens", sides, "estimated", n, left_out, "attempts", against, HANDED)


HANDED = (
    f"bytes of the run's files / {BYTES_A_TOKEN}, each read once; assumed: an agent reads the reports it builds on and"
    " no other, the session reads the synthesis. Agents' own work, and what later turns read again, is in neither"
)


def tokens(size: int) -> int:
    """Estimate the tokens of so many bytes."""
    return round(size / BYTES_A_TOKEN)


def of_batches(rows: Iterable[Row]) -> Figure:
    """Return what the batch service saved against direct calls; requests without a price are left out.

    `rows` are the ledger's sums of requests that went through it: those under `batch` = "yes".
    """
    every = list(rows)
    n = sum(one.priced_requests for one in every)
    left_out = sum(one.requests for one in every) - n
    took, baseline = (float(sum(getattr(one, side) or 0 for one in every)) for side in ("dollars", "standard"))
    method = f"the usage that the service told, at list prices of {prices.shipped().as_of}"
    against = "the same usage at standard price"
    return _figure(
        "price of messages", "dollars", (took, baseline), "measured", n, left_out, "messages", against, method
    )


def _figure(
    name: str, unit: Any, sides: tuple[float, float], known: Known, n: int, left_out: int, *words: str
) -> Figure:
    """Make a figure; one of nothing is unknown."""
    took, baseline = sides if n else (None, None)
    return Figure(name, unit, took, baseline, known if n else "unknown", n, left_out, *words)


HEADS = ("saving", "took", "baseline", "saved", "known", "n")


def cells(one: Figure) -> list[str]:
    """Return a figure as a row for people, under HEADS."""
    count = wording.plural(one.n, one.counted.removesuffix("s"))
    left_out = f" + {wording.number(one.left_out)} left out" if one.left_out else ""
    return [one.name, _say(one, one.took), _say(one, one.baseline), _saved(one), one.known, count + left_out]


def notes(found: Iterable[Figure]) -> list[str]:
    """Say of each figure that is known what it was compared with, and how."""
    return [
        f"{one.name}: against {one.against}. {one.method[0].upper()}{one.method[1:]}."
        for one in found
        if one.known != "unknown"
    ]


def _saved(one: Figure) -> str:
    """Say a saving with its share."""
    share = "" if one.share is None else f" ({one.share:.0%})".replace("%", " %")
    return _say(one, one.saved) + share


def _say(one: Figure, value: float | None) -> str:
    """Write an amount of a figure's unit, with its sign if it is below 0."""
    if value is None:
        return wording.UNKNOWN
    sign, amount = "-" if value < 0 else "", abs(value)
    if one.unit == "tokens":
        return f"~{sign}{wording.number(round(amount))} tokens"
    return sign + (wording.dollars(amount) if one.unit == "dollars" else wording.duration(amount))
