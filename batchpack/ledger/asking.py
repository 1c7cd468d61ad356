"""The questions about a span of time: whole quarters of an hour from the sums, the rest of it from the rows."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import datetime, tzinfo
from functools import cache
from typing import Any

from batchpack.ledger.schema import COUNTS, GROUP, SLOT_SECONDS
from batchpack.ledger.values import Where

_SLOT = f"CAST(at / {SLOT_SECONDS} AS INTEGER)"
_GROUP = ", ".join(GROUP).replace("slot", f"{_SLOT} AS slot")
_ROWS = f"""SELECT {_GROUP}, {", ".join(f"sum({name}) AS {name}" for name in COUNTS)} FROM usage
    WHERE at >= ? AND at < ? GROUP BY {", ".join(str(number + 1) for number in range(len(GROUP)))}
    HAVING sum(requests) > 0"""  # noqa: S608 - names of ours
_SUMS = f"SELECT {', '.join(GROUP + COUNTS)} FROM rollup"  # noqa: S608
JOINS = "JOIN thread t ON t.id = f.thread JOIN session s ON s.id = t.session"
COUNTED = "(f.summary = 0 OR s.own = 0)"
"""What tells of a whole session counts as long as nothing else is known of it."""


def facts(where: Where, *, timed: bool = False) -> tuple[str, list[Any]]:
    """Return a query for the rows in a span with the columns of the sums, and its values.

    Where no span is asked for there is a `slot` only if they are `timed`.
    """
    if where.since is None and where.until is None:
        return _SUMS if timed else "SELECT * FROM total", []
    since = -math.inf if where.since is None else where.since
    until = math.inf if where.until is None else where.until
    first = 0 if where.since is None else math.ceil(since / SLOT_SECONDS)
    after = _LAST if where.until is None else math.floor(until / SLOT_SECONDS)
    if first > after:
        return _ROWS, [since, until]
    parts = [f"{_SUMS} WHERE slot >= ? AND slot < ?"]
    values: list[Any] = [first, after]
    for begin, end in ((since, first * SLOT_SECONDS), (after * SLOT_SECONDS, until)):
        if -math.inf < begin < end < math.inf:
            parts.append(f"SELECT * FROM ({_ROWS})")  # noqa: S608
            values += [begin, end]
    return " UNION ALL ".join(parts), values


_LAST = 2**53


def chosen(where: Where) -> tuple[str, list[Any]]:
    """Return the conditions on threads and sessions, each begun with AND, and their values."""
    equal = {
        "s.host": where.host, "s.name": where.session, "t.run": where.run, "t.task": where.task,
        "t.attempt": where.attempt,
    }  # fmt: skip
    given = {column: value for column, value in equal.items() if value is not None}
    words, values = [f"AND {column} = ?" for column in given], list(given.values())
    if where.project is not None:
        folder = where.project.rstrip("/")
        below = f"{folder}/"
        words.append("AND (t.project = ? OR substr(t.project, 1, ?) = ?)")
        values += [folder or below, len(below), below]
    return " ".join(words), values


def days(zone: tzinfo) -> Callable[[int], str]:
    """Return what tells the day that a slot lies in, as `2026-11-21`; empty for the slot of no time."""

    @cache
    def day(slot: int) -> str:
        return "" if slot < 0 else datetime.fromtimestamp(slot * SLOT_SECONDS, zone).date().isoformat()

    return day
