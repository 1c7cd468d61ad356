"""The page of all runs: a row each, the newest first."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

from batchpack.dashboard.runs import Kept, Runs
from batchpack.errors import BatchpackError
from batchpack.metrics import figures, wording
from batchpack.metrics.page import rendered
from batchpack.metrics.values import ENDS, Record
from batchpack.plaintext import line

TEMPLATE = Path(__file__).parent / "overview.html.j2"
MOST = 100
"""Runs on the page; `batchpack runs` has all."""


class Row(NamedTuple):
    """One run in words; `unreadable` says why there are none."""

    run: str
    name: str = ""
    project: str = ""
    by: str = ""
    standing: str = ""
    sign: str = ""
    begun: str = ""
    local: str = ""
    time: str = ""
    tasks: str = ""
    bars: tuple[tuple[str, float, float], ...] = ()
    width: str = ""
    tokens: str = ""
    money: str = ""
    unreadable: str = ""


class Overview:
    """The newest runs, each read again only when it changed."""

    def __init__(self, runs: Runs) -> None:
        self._runs = runs
        self._rows = Kept(runs.files, self._make, MOST)

    def look(self) -> tuple[str, dict[str, Any]]:
        """Return what the page shows, with a word that changes with it."""
        folders = self._runs.folders()
        found = [self._rows.get(folder) for folder in folders[:MOST]]
        rows = [row for _, row in found]
        running = sum(row.standing == "running" for row in rows)
        words = {
            "project": str(self._runs.project or ""), "rows": rows, "older": len(folders) - len(rows),
            "news": f"{running} of {wording.plural(len(folders), 'run')} at work.",
        }  # fmt: skip
        return f"{abs(hash((tuple(tag for tag, _ in found), len(folders)))):x}", words

    def _make(self, folder: Path) -> tuple[Row, bool]:
        """Make the row of a run, and tell whether it grows with the clock."""
        try:
            record, _ = self._runs.read(folder)
        except (BatchpackError, OSError) as error:
            return Row(folder.name, unreadable=line(str(error))), False
        return row(record), record.standing == "running"


def text(words: dict[str, Any], stamp: str) -> str:
    """Return the page of all runs."""
    return rendered(TEMPLATE, {**words, "live": {"home": "", "stamp": stamp}})


def row(record: Record) -> Row:
    """Say in words what a run has come to."""
    counts, total = figures.counts(record), len(record.tasks)
    spent, times = figures.spent(record.attempts), figures.times(record.attempts)
    ends = ", ".join(f"{wording.number(counts[end])} {end}" for end in ENDS if counts[end]) or "none"
    return Row(
        run=record.run, name=line(record.name, 120), project=record.project, by=record.by, standing=record.standing,
        sign=_sign(record.standing, counts["failed"]), begun=wording.moment(record.begun),
        local=wording.local(record.begun), time=wording.duration(max(0.0, record.last - record.begun)),
        tasks=f"{wording.plural(total, 'task')}: {ends}", bars=tuple(_bars(counts, total)),
        width=wording.width(times), tokens=wording.tokens(spent), money=wording.money(spent),
    )  # fmt: skip


def _sign(standing: str, failed: int) -> str:
    """Return the sign of a run: at work, ended with failures or without, or resting."""
    return {"running": "▶", "finished": "✗" if failed else "✓"}.get(standing, "·")


def _bars(counts: dict[str, int], total: int) -> list[tuple[str, float, float]]:
    """Return how the tasks ended as pieces of a bar: look, place and width in hundredths."""
    found, at = list[tuple[str, float, float]](), 0.0
    for end in ENDS:
        width = counts[end] / total * 100 if total else 0.0
        if width and end != "pending":
            found.append((end, round(at, 2), round(width, 2)))
        at += width
    return found
