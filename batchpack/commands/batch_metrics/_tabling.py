"""Figures as CSV: a table of what was asked for, one value a cell."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from batchpack.plaintext import cell, line

if TYPE_CHECKING:
    from batchpack.metrics.overview import Asked

LONGEST = 10_000
"""Letters of a cell."""


def text(facts: Mapping[str, Any], asked: Asked, by: str | None) -> str:
    """Return the rows of `--by`, else the tasks of the run or batch that was asked for, else the runs.

    Of no rows nothing is said.
    """
    rows = facts["rows"] if by else facts["runs"]
    if not by and (asked.folder or asked.batch):
        rows = facts["by_task"] if asked.batch else facts["runs"][0]["by_task"]
    flat = [dict(_flat(row)) for row in rows]
    if not flat:
        return ""
    stream = io.StringIO()
    names = list(dict.fromkeys(name for row in flat for name in row))
    writer = csv.DictWriter(stream, names, lineterminator="\n")
    writer.writeheader()
    writer.writerows(flat)
    return stream.getvalue().rstrip("\n")


def _flat(row: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield the values of a row; those of its usage stand beside the others, lists of rows are left away."""
    for name, value in row.items():
        if isinstance(value, Mapping):
            yield from ((key, one) for key, one in value.items() if key != "attempts")
        elif isinstance(value, list):
            if not name.startswith("by_"):
                yield name, _safe(" ".join(map(str, value)))
        else:
            yield name, _safe(value) if isinstance(value, str) else value


def _safe(value: str) -> str:
    """Return a text that acts upon no terminal, and that no program for tables takes for a formula."""
    return cell(line(value, LONGEST))
