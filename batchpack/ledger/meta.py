"""Facts about the ledger itself: the bands its sums were made by, and since when it is complete."""

from __future__ import annotations

import json
import math
import sqlite3
from typing import Any

HORIZON = "pruned_before"
BANDS = "bands"


def get(connection: sqlite3.Connection, key: str) -> Any:
    """Return a fact as JSON has it, None where there is none."""
    row = connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
    return None if row is None else json.loads(row[0])


def put(connection: sqlite3.Connection, key: str, value: Any) -> None:
    """Write a fact, within a transaction of the caller's."""
    connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, json.dumps(value)))


def horizon(connection: sqlite3.Connection) -> float:
    """Return the time before which facts were removed, and are not taken again; minus infinity for none."""
    found = get(connection, HORIZON)
    return -math.inf if found is None else float(found)
