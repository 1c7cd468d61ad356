"""The sums made anew from the rows, as when the list of prices got other bands."""

from __future__ import annotations

import sqlite3

from batchpack.ledger import bands, meta
from batchpack.ledger.schema import COUNTS, GROUP, NO_SLOT, SLOT_SECONDS, WHOLE

_BANDS = """UPDATE usage SET band = new.band FROM (
    SELECT key, band(sum(input + cache_read + write_5m + write_1h), sum(requests) + max(summary)) AS band
    FROM usage GROUP BY key) AS new WHERE new.key = usage.key AND new.band != usage.band"""
_SLOT = f"coalesce(CAST(at / {SLOT_SECONDS} AS INTEGER), {NO_SLOT})"
_ADD_UP = (
    "INSERT INTO {table} ({columns}) SELECT {group}, {sums} FROM usage GROUP BY {numbers} HAVING sum(requests) > 0"
)
_SUMS = ", ".join(f"sum({name})" for name in COUNTS)


def rebuild(connection: sqlite3.Connection) -> None:
    """Put each request into its band and add all up again, within a transaction of the caller's."""
    connection.create_function("band", 2, bands.band, deterministic=True)
    connection.execute(_BANDS)
    add_up(connection)
    meta.put(connection, meta.BANDS, list(bands.edges()))


def add_up(connection: sqlite3.Connection) -> None:
    """Make all sums anew, within a transaction of the caller's."""
    for table, group in (("rollup", GROUP), ("total", WHOLE)):
        chosen = ", ".join(group).replace("slot", f"{_SLOT} AS slot")
        numbers = ", ".join(str(number + 1) for number in range(len(group)))
        columns = ", ".join(group + COUNTS)
        connection.execute(f"DELETE FROM {table}")  # noqa: S608 - names of ours
        connection.execute(_ADD_UP.format(table=table, columns=columns, group=chosen, sums=_SUMS, numbers=numbers))
