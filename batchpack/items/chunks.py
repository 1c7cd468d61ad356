"""Chunks in the file of a batch: every item in exactly one, proved, with a task for each chunk or each item."""

from __future__ import annotations

import json
import sqlite3
from array import array
from collections.abc import Iterator
from dataclasses import asdict
from datetime import tzinfo
from typing import Any

from batchpack.errors import BatchpackError, UsageError
from batchpack.items import bodies, chunking, times
from batchpack.items.chunking import KNOWN, NO_LABEL, Chunk, Packer, Rule
from batchpack.plaintext import line
from batchpack.queue import batches, listing, ticks
from batchpack.queue.values import Draft, Kind

CACHE_KIB = 16_384
"""Items are gone through in their order: more memory makes it no faster."""
_INDEX = "CREATE INDEX IF NOT EXISTS item_chunk ON item (chunk, seq)"
_SPAN = "SELECT (SELECT min(seq) FROM item), (SELECT max(seq) FROM item), (SELECT count(*) FROM item)"
_SUMS = "SELECT chunk, '', count(*), sum(size), sum(tokens) FROM item GROUP BY chunk"


def cut(connection: sqlite3.Connection, rule: Rule, home: tzinfo, tasks: Kind = "chunk") -> list[Chunk]:
    """Cut the items of a batch into chunks and make the tasks, within a transaction of the caller's.

    It can be done anew until the first task was claimed. Raises BatchpackError after that, and UsageError where
    no item has what the rule goes by.
    """
    _refuse_begun(connection)
    for pragma in (f"cache_size = -{CACHE_KIB}", "secure_delete = OFF"):
        connection.execute(f"PRAGMA {pragma}")
    for statement in ("DROP INDEX IF EXISTS item_chunk", "DELETE FROM chunk", "DELETE FROM task WHERE kind != 'task'"):
        connection.execute(statement)
    chunks = _pack(connection, rule, home)
    if rule.by not in ("size", "tokens") and all(one.label.startswith(NO_LABEL) for one in chunks):
        raise UsageError(
            f"no item has a {rule.by}", "see what they have: batchpack items list --full --limit 1; or cut --by size"
        )
    connection.executemany("INSERT INTO chunk VALUES (:number, :label, :items, :size, :tokens)", map(asdict, chunks))
    prove(connection)
    listing.add(connection, ticks.now(), _drafts(connection, chunks, tasks))
    batches.put(connection, "chunking", {"by": rule.by, "max": rule.most, "max_tokens": rule.tokens, "tasks": tasks})
    return chunks


def every(connection: sqlite3.Connection) -> list[Chunk]:
    """Return the chunks of a batch."""
    return [Chunk(*row) for row in connection.execute("SELECT number, label, items, size, tokens FROM chunk")]


def prove(connection: sqlite3.Connection) -> int:
    """Check that each item is in exactly one chunk and that the chunks' counts add up; returns the number of items."""
    items, placed = connection.execute("SELECT count(*), count(chunk) FROM item").fetchone()
    wrong = connection.execute(
        """SELECT number FROM chunk LEFT JOIN (SELECT chunk, count(*) AS found FROM item GROUP BY chunk) AS held
            ON held.chunk = number WHERE items IS NOT found"""
    ).fetchone()
    summed = connection.execute("SELECT coalesce(sum(items), 0) FROM chunk").fetchone()[0]
    if not items == placed == summed or wrong:
        raise BatchpackError(
            f"the chunks do not add up: {items:,} items, {placed:,} in chunks, {summed:,} counted",
            "somebody changed the file of the batch: cut it anew, or add the items to a new batch",
        )
    return int(items)


def _refuse_begun(connection: sqlite3.Connection) -> None:
    """Refuse to cut anew what workers have begun with."""
    begun = connection.execute(
        "SELECT id FROM task WHERE kind != 'task' AND (token > 0 OR status != 'pending') LIMIT 1"
    ).fetchone()
    if begun or connection.execute("SELECT 1 FROM record LIMIT 1").fetchone():
        raise BatchpackError(
            f"work on this batch has begun ({begun[0] if begun else 'items are judged'}); its chunks stay as they are",
            "add the items to a new batch to cut them otherwise",
        )


def _pack(connection: sqlite3.Connection, rule: Rule, home: tzinfo) -> list[Chunk]:
    """Write each item's chunk, with the index of them, and return the chunks."""
    first, last, count = connection.execute(_SPAN).fetchone()
    if rule.by == "size" and rule.tokens is None and count and last - first == count - 1:
        connection.execute("UPDATE item SET chunk = (seq - ?) / ? + 1", (first, rule.most))
        connection.execute(_INDEX)
        return [Chunk(*row) for row in connection.execute(_SUMS)]
    packer, numbers = Packer(rule), array("I", bytes(4 * (last - first + 1 if count else 0)))
    cursor = connection.cursor()
    cursor.row_factory = None  # plain tuples: of a million rows each step counts
    for seq, label, size, tokens in cursor.execute(_ordered(connection, rule.by, home)):
        numbers[seq - first] = packer(label, size, tokens)
    connection.execute("DROP TABLE IF EXISTS temp.labelled")
    connection.create_function("packed", 1, numbers.__getitem__)
    connection.execute("UPDATE item SET chunk = packed(seq - ?)", (first,))
    connection.execute(_INDEX)
    return packer.finish()


def _ordered(connection: sqlite3.Connection, by: str, home: tzinfo) -> str:
    """Return SQL for what the rule is asked for, one item after another: by label, then time, then as they came."""
    label = _label(connection, by, home)
    order = "label IS NULL, label, at, seq"
    if label == "''":
        order = "seq"
    elif label.startswith("substr(at,"):  # the beginning of a time has the order of the whole
        order = "at IS NULL, at, seq"
    return f"SELECT seq, {label} AS label, size, tokens FROM item ORDER BY {order}"  # noqa: S608 - names of ours


def _label(connection: sqlite3.Connection, by: str, home: tzinfo) -> str:
    """Return SQL for what items are put together by."""
    if by in ("size", "tokens"):
        return "''"
    if by in KNOWN:
        if home is times.zone("UTC") and by != "week":
            return f"substr(at, 1, {7 if by == 'month' else 10})"
        part = {"month": times.month, "week": times.week, "day": times.day}[by]
        connection.create_function("part", 1, lambda at: None if at is None else part(at, home))
        return "part(at)"
    if by == "category" or by == _fields(connection).get("category"):
        return "category"
    labels = ((row["seq"], _plain(fields.get(by))) for row, fields in bodies.every(connection))
    connection.execute("CREATE TEMP TABLE labelled (seq INTEGER PRIMARY KEY, label TEXT)")
    connection.executemany("INSERT INTO labelled VALUES (?, ?)", labels)
    return "(SELECT label FROM labelled WHERE labelled.seq = item.seq)"


def _plain(value: Any) -> str | None:
    """Return the value of a field as a label; None where there is none."""
    if value is None or value == "":
        return None
    return line(value if isinstance(value, str) else json.dumps(value, sort_keys=True, ensure_ascii=False))


def _fields(connection: sqlite3.Connection) -> dict[str, Any]:
    """Return which fields ids, times and categories were read from."""
    found = batches.get(connection, "fields")
    return found if isinstance(found, dict) else {}


def _drafts(connection: sqlite3.Connection, chunks: list[Chunk], tasks: Kind) -> Iterator[Draft]:
    """Yield a task for each chunk, or for each item."""
    if tasks == "chunk":
        for one in chunks:
            named = chunking.name(one.number, len(chunks))
            what = f"{line(one.label, 80)}, " if one.label else ""
            yield Draft(named, "chunk", f"{what}{one.items} item{'s' * (one.items != 1)}", chunk=one.number)
        return
    for row in connection.execute("SELECT id, chunk FROM item ORDER BY chunk, seq"):
        yield Draft(row[0], "item", chunk=row[1], item=row[0])
