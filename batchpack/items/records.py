"""What workers judge of items: a record an item, taken only from the holder of its task."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from batchpack.errors import BatchpackError, UsageError
from batchpack.items import bodies
from batchpack.items.shaping import CATEGORY_LIMIT
from batchpack.plaintext import line
from batchpack.queue.rows import working
from batchpack.queue.settling import Disposition
from batchpack.queue.ticks import Moment
from batchpack.queue.values import Task, dumped, plain

DISPOSITIONS: tuple[Disposition, ...] = ("done", "failed", "skipped")
RATIONALE_LIMIT = 4000
FIELDS = frozenset({"item", "category", "disposition", "rationale", "data"})
_PUT = """INSERT OR REPLACE INTO record (item, task, category, disposition, rationale, data, at, token)
    SELECT item.id, :task, :category, :disposition, :rationale, :data, :wall, :token FROM item
    WHERE item.id = :item AND (item.chunk = :chunk OR item.id = :own)"""


class NotInTask(BatchpackError):
    """A record about an item that its task does not hold; none of the records given with it was taken."""

    def __init__(self, item: str, task: Task, batch: str) -> None:
        chunk = f" --chunk {task.chunk}" if task.chunk else ""
        see = f"see: batchpack items list{chunk} --batch {batch}"
        super().__init__(f"{line(item, 80)!r} is no item of {task.id}; nothing was recorded", see)


@dataclass(frozen=True, slots=True)
class Judgement:
    """What was judged of an item: its category, what became of it, why, and what else a reader needs."""

    item: str
    disposition: Disposition = "done"
    category: str | None = None
    rationale: str = ""
    data: Any = None

    def __post_init__(self) -> None:
        """Refuse what cannot stand in a record."""
        if self.disposition not in DISPOSITIONS:
            raise UsageError(f"{self.disposition!r} is no disposition", f"known: {', '.join(DISPOSITIONS)}")
        if len(self.rationale) > RATIONALE_LIMIT:
            raise UsageError(f"a rationale of {len(self.rationale):,} characters", f"at most {RATIONALE_LIMIT:,}")
        if self.category is not None and len(self.category) > CATEGORY_LIMIT:
            raise UsageError(f"a category of {len(self.category):,} characters", f"at most {CATEGORY_LIMIT}")


def put(connection: sqlite3.Connection, now: Moment, task: str, token: int, judged: Iterable[Judgement]) -> Task:
    """Write records of a task's items, all or none, within a transaction of the caller's; a later one counts.

    Raises StaleClaim and Refused for who does not hold the task, NotInTask for the item of another one.
    """
    held = working(connection, task, token)
    own, chunk = held.item if held.kind == "item" else None, held.chunk if held.kind == "chunk" else None
    whose = {"task": held.id, "own": own, "chunk": chunk}
    for one in judged:
        if connection.execute(_PUT, {**_values(one), **whose, "wall": now.wall, "token": token}).rowcount != 1:
            raise NotInTask(one.item, held, bodies.beside(connection).name)
    return held


def _values(one: Judgement) -> dict[str, Any]:
    """Return a judgement as a row holds it."""
    return {
        "item": one.item,
        "category": None if one.category is None else plain(one.category, "the category"),
        "disposition": one.disposition,
        "rationale": plain(one.rationale, "the rationale"),
        "data": None if one.data is None else dumped(one.data, "the data"),
    }


def progress(connection: sqlite3.Connection, task: Task) -> tuple[int, int]:
    """Return how many of a task's items are judged, and how many it has."""
    row = connection.execute(
        """SELECT count(record.item), count(*) FROM item LEFT JOIN record ON record.item = item.id
            WHERE (:kind = 'chunk' AND item.chunk = :chunk) OR (:kind = 'item' AND item.id = :item)""",
        {"kind": task.kind, "chunk": task.chunk, "item": task.item},
    ).fetchone()
    return int(row[0]), int(row[1])


def parse(text: str, name: str) -> list[Judgement]:
    """Read judgements from lines of JSON; raises UsageError with the line of the first that is none."""
    return [_parse(each, f"{name}:{number}") for number, each in enumerate(text.split("\n"), 1) if each.strip()]


def _parse(text: str, where: str) -> Judgement:
    """Read one judgement."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{where}: the line is not JSON", "nothing was recorded") from error
    if not isinstance(found, dict) or not _fits(found):
        raise UsageError(
            f"{where}: it is no record", 'write {"item": ID, "category": …, "disposition": "done", "rationale": …}'
        )
    return Judgement(**{name: value for name, value in found.items() if value is not None or name == "data"})


def _fits(found: Mapping[str, Any]) -> bool:
    """Tell whether an object has the fields of a record."""
    texts = all(isinstance(found.get(name) or "", str) for name in FIELDS - {"data"})
    return texts and FIELDS.issuperset(found) and bool(found.get("item"))
