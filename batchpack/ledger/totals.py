"""Sums of the ledger by what they are asked by, each priced in its own band."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, tzinfo
from decimal import Decimal
from typing import Any

from batchpack.errors import UsageError
from batchpack.ledger import asking, bands
from batchpack.ledger.checking import BILLIONTHS
from batchpack.ledger.schema import COUNTS
from batchpack.ledger.values import KEYS, Key, Row, Where
from batchpack.prices import Usage

_COLUMNS = {
    "host": "s.host", "session": "s.name", "part": "t.part", "agent": "t.agent",
    "model": "f.model", "day": "day(f.slot)", "project": "t.project",
    "run": "t.run", "task": "t.task", "attempt": "coalesce(nullif(t.attempt, 0), '')",
    "batch": "iif(f.batch, 'yes', 'no')",
}  # fmt: skip
_PRICED_BY = ("f.model", "f.band", "f.batch", "f.geography")
_SUMS = ", ".join(f"sum(f.{name})" for name in COUNTS)
_NO_MORE = (0, 0, None, None, 0, None)
"""What follows the counts in a row before it is priced."""


def totals(connection: sqlite3.Connection, by: Sequence[Key], where: Where, zone: tzinfo = UTC) -> list[Row]:
    """Return the sums of each group, ordered by their keys; days are those of a zone."""
    unknown = [key for key in by if key not in KEYS]
    if unknown:
        raise UsageError(f"there are no sums by {unknown[0]!r}", f"known: {', '.join(KEYS)}")
    connection.create_function("day", 1, asking.days(zone), deterministic=True)
    found: dict[tuple[str, ...], Row] = {}
    with _moment(connection):
        models = dict(connection.execute("SELECT id, name FROM model").fetchall())
        for key, values in _asked(connection, by, [*_PRICED_BY, _SUMS], _PRICED_BY, where):
            model, band, batch, geography, *counts = values
            one = priced(key, models[model], band, bool(batch), geography, counts)
            found[key] = together(found[key], one) if key in found else one
        for key, values in _asked(connection, by, ["count(DISTINCT s.id)"], (), where):
            found[key] = found[key]._replace(sessions=values[0])
    named = (_named(by, row, models) for row in found.values())
    return sorted(named, key=lambda row: row.key)


@contextmanager
def _moment(connection: sqlite3.Connection) -> Iterator[None]:
    """Have all questions in a block answered as of one moment, whoever writes meanwhile."""
    connection.execute("BEGIN")
    try:
        yield
    finally:
        connection.execute("COMMIT")


def _asked(
    connection: sqlite3.Connection, by: Sequence[Key], results: Sequence[str], grouped: Sequence[str], where: Where
) -> Iterator[tuple[tuple[Any, ...], tuple[Any, ...]]]:
    """Yield the key and the results of each group of what is chosen, by keys and by what else it is grouped by."""
    facts, values = asking.facts(where, timed="day" in by)
    chosen, more = asking.chosen(where)
    groups = [*(str(number + 1) for number in range(len(by))), *grouped] or ["NULL"]
    query = f"""SELECT {", ".join([*(_COLUMNS[key] for key in by), *results])} FROM ({facts}) f {asking.JOINS}
        WHERE {asking.COUNTED} {chosen} GROUP BY {", ".join(groups)}"""  # noqa: S608 - names of ours
    for row in connection.execute(query, [*values, *more]):
        found = tuple(row)
        yield found[: len(by)], found[len(by) :]


def _named(by: Sequence[Key], row: Row, models: dict[int, str]) -> Row:
    """Return a row whose key is of texts."""
    pairs: Iterator[tuple[Key, Any]] = zip(by, row.key, strict=True)
    return row._replace(key=tuple(models[value] if of == "model" else str(value) for of, value in pairs))


def priced(key: tuple[Any, ...], model: str, band: int, batch: bool, geography: str, counts: Sequence[int]) -> Row:
    """Return the sums of requests of one model in one band, with what they cost."""
    *used, said, said_requests = counts
    input_, output, cache_read, write_5m, write_1h, searches = used[1:]
    usage = Usage(input_, output, cache_read, write_5m, write_1h, searches, geography)
    cost = bands.cost(model, band, usage, batch=batch)
    return Row._make([key, *used, *_NO_MORE])._replace(
        priced_requests=used[0] if cost else 0,
        dollars=cost.dollars if cost else None,
        standard=cost.standard if cost else None,
        said_requests=said_requests,
        said_dollars=Decimal(said) / BILLIONTHS if said_requests else None,
    )


def together(one: Row, other: Row) -> Row:
    """Return the sums of two groups of the same key."""
    pairs = zip(one[1:], other[1:], strict=True)
    sums = (have if more is None else more if have is None else have + more for have, more in pairs)
    return Row._make([one.key, *sums])
