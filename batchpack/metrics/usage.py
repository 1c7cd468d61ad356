"""How much models were used, as the ledger knows it: as values for programs, as rows for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from batchpack.ledger.values import Key, Row
from batchpack.metrics import wording
from batchpack.metrics.stats import PLUS, USED_HEADS
from batchpack.runs import ids

BY: Mapping[str, tuple[Key, ...]] = MappingProxyType(
    {
        "host": ("host",),
        "model": ("host", "model", "batch"),
        "agent": ("host", "agent"),
        "day": ("day",),
        "project": ("project",),
        "session": ("host", "session", "run"),
        "run": ("run", "host"),
        "task": ("run", "task", "agent"),
    }
)
"""The words behind `--by` that the ledger can answer, and what it is asked for."""
HEADS = ("requests", *USED_HEADS)
SAID = "said to cost"
"""The head of what hosts themselves say, where they say it."""
EMPTY: Mapping[str, str] = MappingProxyType({
    "agent": "(the session itself)", "run": "(outside of runs)", "task": "-", "model": "unknown",
    "day": "unknown", "project": "unknown",
})  # fmt: skip
"""What stands for a key that is not known."""


def tokens(row: Row) -> int:
    """Return all tokens of a row."""
    return row.input + row.output + row.cache_read + row.write_5m + row.write_1h


def ordered(rows: Sequence[Row], by: Sequence[Key]) -> list[Row]:
    """Return rows for people: days in their order, else what cost most at the top, then what used most."""
    if by[0] == "day":
        return sorted(rows, key=lambda row: row.key)
    return sorted(rows, key=lambda row: (-(row.dollars or row.said_dollars or Decimal(0)), -tokens(row), row.key))


def table(rows: Sequence[Row], by: Sequence[Key]) -> list[list[str]]:
    """Return rows with their heads; hosts' own words on the cost only where one of them says something."""
    said = any(row.said_dollars is not None for row in rows)
    names = [key for key in by if key != "batch"]
    heads = [*names, *HEADS, *([SAID] if said else [])]
    return [heads, *(_cells(row, by, said=said) for row in rows)]


def _cells(row: Row, by: Sequence[Key], *, said: bool) -> list[str]:
    """Return a row as cells."""
    keys: dict[str, str] = dict(zip(by, row.key, strict=True))
    batch = " (batch price)" if keys.pop("batch", "") == "yes" else ""
    if ids.RUN_ID.fullmatch(keys.get("run", "")):
        keys["run"] = ids.short(keys["run"])
    names = [value or EMPTY.get(key, "-") for key, value in keys.items()]
    if batch:
        names[-1] += batch
    counts = (row.requests, row.input, row.output, row.cache_read, row.write_5m + row.write_1h)
    cost = _dollars(row.dollars, row.priced_requests < row.requests)
    own = [_dollars(row.said_dollars, row.said_requests < row.requests)] if said else []
    return [*names, *map(wording.number, counts), cost, *own]


def _dollars(value: Decimal | None, more: bool) -> str:
    """Write a cost, marked where it is not that of all requests."""
    return wording.UNKNOWN if value is None else wording.dollars(float(value)) + (PLUS if more else "")


def facts(row: Row, by: Sequence[Key]) -> dict[str, Any]:
    """Return a row for programs; what is not known is null."""
    keys: dict[str, Any] = {key: value or None for key, value in zip(by, row.key, strict=True)}
    if "batch" in keys:
        keys["batch"] = keys["batch"] == "yes"
    counts = {name: getattr(row, name) for name in _COUNTS}
    money = {name: None if (value := getattr(row, name)) is None else float(value) for name in _MONEY}
    return {**keys, **counts, "tokens": tokens(row), **money}


_COUNTS = (
    "requests", "input", "output", "cache_read", "write_5m", "write_1h", "web_searches", "sessions", "priced_requests",
    "said_requests",
)  # fmt: skip
_MONEY = ("dollars", "standard", "said_dollars")
