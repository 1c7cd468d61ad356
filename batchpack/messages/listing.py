"""The jobs of a project in a table: a line a job."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from batchpack.errors import BatchpackError
from batchpack.messages.facts import stage
from batchpack.messages.job import Job
from batchpack.messages.standing import standing

HEADS = ("job", "model", "items", "answered", "failed", "pending", "stage")


def rows(jobs: Iterable[Job]) -> tuple[list[dict[str, Any]], list[str]]:
    """Return a row for each job that can be read, and a sentence for each that cannot."""
    found, broken = list[dict[str, Any]](), list[str]()
    for job in jobs:
        try:
            state = job.state()
            counts = standing(job, state)
        except BatchpackError as error:
            broken.append(f"job {job.id} cannot be read: {error.message}")
            continue
        numbers = {name: getattr(counts, name) for name in ("items", "answered", "failed", "pending")}
        told = {"job": job.id, "created": job.facts.created, "model": job.facts.params.get("model", "")}
        found.append({**told, **numbers, "stage": stage(state, counts), "mode": job.facts.mode})
    return found, broken


def table(found: Sequence[dict[str, Any]]) -> Iterator[str]:
    """Yield the rows as lines of a table."""
    cells = [HEADS, *(tuple(_cell(row[head]) for head in HEADS) for row in found)]
    widths = [max(len(row[at]) for row in cells) for at in range(len(HEADS))]
    for row in cells:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def _cell(value: object) -> str:
    """Return a value as it stands in a table."""
    return f"{value:,}" if isinstance(value, int) else str(value)
