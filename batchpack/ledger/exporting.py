"""The requests of the ledger, one a line, for other programs."""

from __future__ import annotations

import csv
import json
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import IO, Any

from batchpack.errors import UnknownName
from batchpack.ledger import asking
from batchpack.ledger.schema import COUNTS
from batchpack.ledger.totals import priced
from batchpack.ledger.values import Where
from batchpack.plaintext import cell

SCHEMA = 1
FORMATS = ("jsonl", "csv")
NAMES = (
    "at", "host", "session", "part", "agent", "project", "run", "task", "attempt", "model", "batch", "geography",
    "requests", "input", "output", "cache_read", "write_5m", "write_1h", "web_searches", "dollars", "said_dollars",
)  # fmt: skip
_REQUESTS = f"""SELECT at, s.host, s.name, t.part, t.agent, t.project, t.run, t.task, t.attempt, m.name, f.batch,
    f.geography, f.band, {", ".join(f"sum(f.{name})" for name in COUNTS)}
    FROM usage f {asking.JOINS} JOIN model m ON m.id = f.model WHERE {asking.COUNTED} {{chosen}}
    GROUP BY f.key, f.thread, f.at, f.model, f.band, f.batch, f.geography HAVING sum(f.requests) > 0
    ORDER BY f.at, min(f.id)"""  # noqa: S608 - names of ours


def export(connection: sqlite3.Connection, stream: IO[str], form: str, where: Where) -> int:
    """Write the requests that count, earliest first; return how many."""
    if form not in FORMATS:
        raise UnknownName("format", form, FORMATS)
    count = 0
    table = csv.writer(stream, lineterminator="\n")
    if form == "csv":
        table.writerow(NAMES)
    for values in _rows(connection, where):
        count += 1
        if form == "csv":
            table.writerow(_cell(value) for value in values)
        else:
            facts = {"schema": SCHEMA, **dict(zip(NAMES, values, strict=True))}
            stream.write(json.dumps(facts) + "\n")
    return count


def _rows(connection: sqlite3.Connection, where: Where) -> Iterator[tuple[Any, ...]]:
    """Yield the values of each request; sums of money as texts, since they are exact."""
    chosen, values = asking.chosen(where)
    for column, value in (("f.at >= ?", where.since), ("f.at < ?", where.until)):
        if value is not None:
            chosen, values = f"{chosen} AND {column}", [*values, value]
    for row in connection.execute(_REQUESTS.format(chosen=chosen), values):
        at, *words, model, batch, geography, band = row[:13]
        sums = priced((), model, band, bool(batch), geography, row[13:])
        when = None if at is None else datetime.fromtimestamp(at, UTC).isoformat().replace("+00:00", "Z")
        yield (when, *words, model, bool(batch), geography, *sums[1:8], _money(sums.dollars), _money(sums.said_dollars))


def _cell(value: Any) -> Any:
    """Return a cell that a spreadsheet does not run."""
    return cell(value) if isinstance(value, str) else "" if value is None else value


def _money(value: Decimal | None) -> str | None:
    """Write a sum of money in full."""
    return None if value is None else f"{value:f}"
