"""Looking at items: pages of them in constant time, one with all that is known, and counts that add up."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from batchpack.errors import BatchpackError, BrokenFile, UsageError
from batchpack.items import bodies
from batchpack.items.chunks import every
from batchpack.items.manifest import added
from batchpack.queue import batches, listing
from batchpack.queue.values import said

PAGE_LIMIT = 1000
COLUMNS = "item.seq, item.id, item.sha256, item.at, item.category, item.size, item.tokens, item.locator, item.chunk"
JUDGED = ("done", "failed", "skipped")


class UnknownItem(BatchpackError):
    """An id that there is no item of."""

    def __init__(self, word: str) -> None:
        super().__init__(f"there is no item {word[:80]!r} in this batch", "see them: batchpack items list")


@dataclass(frozen=True, slots=True)
class Page:
    """Some of the items in their order; `after` asks for those behind them, None: there are no more."""

    items: tuple[dict[str, Any], ...]
    after: int | None


def page(
    connection: sqlite3.Connection, *, chunk: int | None = None, left: bool = False, after: int = 0, limit: int = 50
) -> Page:
    """Return items in the order they came in, behind the place `after`; of a chunk, and without a record if `left`."""
    if not 1 <= limit <= PAGE_LIMIT:
        raise UsageError(f"a page of {limit} items cannot be given", f"give 1 to {PAGE_LIMIT}")
    asked = ["item.seq > :after"] + ["item.chunk = :chunk"] * (chunk is not None)
    asked += ["NOT EXISTS (SELECT 1 FROM record WHERE record.item = item.id)"] * left
    statement = f"""SELECT {COLUMNS}, record.disposition, record.category AS judged FROM item
        LEFT JOIN record ON record.item = item.id WHERE {" AND ".join(asked)} ORDER BY item.seq LIMIT :limit"""  # noqa: S608
    rows = connection.execute(statement, {"after": after, "chunk": chunk, "limit": limit + 1}).fetchall()
    return Page(tuple(map(dict, rows[:limit])), rows[limit - 1]["seq"] if len(rows) > limit else None)


def with_fields(connection: sqlite3.Connection, folder: Path, items: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the items of a page with the fields of each; raises Tampered for others than were added."""
    starts = [connection.execute("SELECT start FROM item WHERE seq = ?", (one["seq"],)).fetchone()[0] for one in items]
    wanted = ((start, one["id"], one["sha256"]) for start, one in zip(starts, items, strict=True))
    return [{**one, "fields": fields} for one, fields in zip(items, bodies.scan(folder, wanted), strict=True)]


def show(connection: sqlite3.Connection, folder: Path, word: str, base: Path | None = None) -> dict[str, Any]:
    """Return an item with its fields and what was judged of it; of a file the text too, if it is as it was.

    `base` is the folder that files were found in. Raises UnknownItem, BrokenFile for a file that was changed.
    """
    row = connection.execute(f"SELECT {COLUMNS}, start FROM item WHERE id = ?", (word,)).fetchone()  # noqa: S608
    if row is None:
        raise UnknownItem(word)
    facts = dict(row)
    facts["fields"] = bodies.read(folder, facts.pop("start"), word, row["sha256"])
    if base is not None and facts["fields"].get("path") == row["locator"]:
        facts["fields"]["text"] = _text(base / row["locator"], facts["fields"].get("sha256"))
    judged = connection.execute("SELECT * FROM record WHERE item = ?", (word,)).fetchone()
    facts["record"] = None if judged is None else {**dict(judged), "at": said(judged["at"])}
    return facts


def base_of(connection: sqlite3.Connection) -> Path | None:
    """Return the folder that the files of a batch were found in; None for a batch without files."""
    found: Any = batches.get(connection, "sources")
    return next((Path(one["base"]) for one in found or () if one["kind"] == "files"), None)


def _text(path: Path, digest: object) -> str:
    """Return the text of a file that is as it was when it was added."""
    from batchpack.files import fingerprint

    try:
        data = path.read_bytes()
    except OSError as error:
        raise BrokenFile(path, error.strerror or str(error)) from error
    if fingerprint(data) != digest:
        raise BatchpackError(f"{path} was changed after it was added", "add the items to a new batch")
    return data.decode(errors="replace")


def counts(connection: sqlite3.Connection) -> dict[str, int]:
    """Return how many items are done, failed, skipped, dead and pending; they add up to all.

    An item is dead whose task was given up; it is pending as long as nobody judged it and its task is alive.
    """
    total = int(connection.execute("SELECT count(*) FROM item").fetchone()[0])
    found = dict(connection.execute("SELECT disposition, count(*) FROM record GROUP BY disposition").fetchall())
    dead = connection.execute(
        """SELECT count(*) FROM item WHERE NOT EXISTS (SELECT 1 FROM record WHERE record.item = item.id) AND (
            chunk IN (SELECT chunk FROM task WHERE kind = 'chunk' AND status = 'dead')
            OR id IN (SELECT item FROM task WHERE kind = 'item' AND status = 'dead'))"""
    ).fetchone()[0]
    judged = {name: found.get(name, 0) for name in JUDGED}
    return {**judged, "dead": dead, "pending": total - sum(judged.values()) - dead, "items": total}


def is_left(facts: Mapping[str, Any]) -> bool:
    """Tell whether workers have, or may get, something to do, by the facts of `status`."""
    return bool(facts["tasks"]["pending"] or facts["tasks"]["claimed"])


def status(connection: sqlite3.Connection) -> dict[str, Any]:
    """Return where a batch stands: items, tasks, chunks, what was set aside when it was made."""
    told = added(connection)
    return {
        "items": counts(connection),
        "tasks": listing.counts(connection),
        "chunks": len(every(connection)),
        "tokens": told.tokens,
        "size": told.size,
        "rejected": len(told.rejected),
        "manifest": told.manifest,
    }
