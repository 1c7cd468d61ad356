"""Acts on what was judged: tasks made only of what a person approved, done when each item has its receipts."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from batchpack.errors import BatchpackError
from batchpack.items import approval, chunking, chunks
from batchpack.items.words import count
from batchpack.plaintext import clean, line
from batchpack.queue import batches, database, ids, listing, ticks
from batchpack.queue.rows import Refused, read
from batchpack.queue.values import Draft
from batchpack.receipts import acts as receipts
from batchpack.receipts.book import Book
from batchpack.receipts.checking import Report
from batchpack.receipts.checking import read as read_book

ACTS = "acts"
_MEANT = """SELECT item.chunk, item.id, record.category FROM item JOIN record ON record.item = item.id
    WHERE record.disposition = 'done' AND item.chunk BETWEEN :first AND :last ORDER BY item.chunk, item.seq"""


@dataclass(frozen=True, slots=True)
class Act:
    """What is to be done, in a word and in a text, with the items of these categories (none: all) and chunk."""

    name: str
    text: str
    categories: tuple[str, ...] = ()
    chunk: int | None = None


def plan(connection: sqlite3.Connection, act: Act) -> list[Draft]:
    """Make a task for each chunk with such items, within a transaction of the caller's; returns the tasks.

    Raises NotApproved where nobody said yes to what was judged, BatchpackError where no item is meant.
    """
    given = approval.find(connection, act.chunk)
    found = _items(connection, act)
    if not found:
        raise BatchpackError(
            "no item was judged so: there is nothing to do", "see the categories: batchpack items summary"
        )
    width = len(chunks.every(connection))
    said = f"approved by {given.by} at {given.at}, hash {given.hash[: approval.SHORT]}"
    drafts = list(_drafts(act, found, width, said))
    listing.add(connection, ticks.now(), drafts)
    known = _known(connection)
    known |= {draft.id: found[draft.chunk] for draft in drafts if draft.chunk is not None}
    batches.put(connection, ACTS, known)
    return drafts


def check(folder: Path, task: str) -> None:
    """Refuse to end a task of an act as done while one of its items has no receipt of how that ended."""
    if missing := left(folder, task):
        shown = ", ".join(missing[:5]) + (" …" if len(missing) > 5 else "")
        raise Refused(
            f"{task} is not done: {count(len(missing), 'item has', 'items have')} no receipt of an end: {shown}",
            "act on each of them with a receipt before and after, `--result skipped` where nothing was to do",
        )


def left(folder: Path, task: str) -> list[str]:
    """Return the items of a task of an act that have no receipt of how that ended; none for other tasks."""
    with database.opened(folder / database.NAME) as connection:
        wanted = items_of(connection, read(connection, task).id)
    if not wanted:
        return []
    ended = {one.before.draft.item for one in _made(folder, task) if one.after is not None}
    return [item for item in wanted if item not in ended]


def cut_off(folder: Path, task: str) -> set[str]:
    """Return the items of which an act of a task began and nobody wrote the end: nobody knows whether it took place."""
    return {one.before.draft.item for one in _made(folder, task) if one.after is None}


def _made(folder: Path, task: str) -> list[receipts.Act]:
    """Return the acts of a task that have receipts."""
    found = receipts.fold(read_book(Book(folder).path, Report())).values()
    return [one for one in found if one.before.draft.task == task]


def items_of(connection: sqlite3.Connection, task: str) -> list[str]:
    """Return the items that a task acts on; none for a task that is no act."""
    return _known(connection).get(task, [])


def _known(connection: sqlite3.Connection) -> dict[str, list[str]]:
    """Return the items of each task that is an act."""
    found: Any = batches.get(connection, ACTS, {})
    return dict(found)


def _items(connection: sqlite3.Connection, act: Act) -> dict[int, list[str]]:
    """Return the items that are meant, by chunk."""
    found: dict[int, list[str]] = {}
    for chunk, item, category in connection.execute(_MEANT, {"first": act.chunk or 0, "last": act.chunk or 1 << 62}):
        if not act.categories or category in act.categories:
            found.setdefault(chunk, []).append(item)
    return found


def _drafts(act: Act, found: dict[int, list[str]], width: int, said: str) -> Iterator[Draft]:
    """Yield a task for each chunk."""
    for number, items in found.items():
        named = f"{act.name}-{chunking.name(number, width).partition('-')[2]}"
        title = f"{act.name}: {count(len(items), 'item')} of chunk {number}"
        yield Draft(ids.check("task", named), "task", title, _body(act, items, said), chunk=number)


def _body(act: Act, items: Sequence[str], said: str) -> str:
    """Return what a worker is told of an act."""
    what = clean(act.text).strip() or line(act.name)
    return "\n".join([f"Approved act `{act.name}` ({said}):", what, "Items, one a line:", *items])
