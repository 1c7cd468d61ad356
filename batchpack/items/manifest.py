"""The manifest: items written into the file of a batch, all or none, each id once, with the hash of it all."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import IO, Any

from batchpack.errors import BatchpackError, Unwritable
from batchpack.files import keep_from_git, sync_folder
from batchpack.items import bodies
from batchpack.items.values import Added, Item, Rejects
from batchpack.queue import batches, database, ids

BLOCK = 1000
"""Items that are written at once: few statements, little memory."""
CACHE_KIB = 65_536
_ALONE = ("locking_mode = EXCLUSIVE", "journal_mode = OFF", "synchronous = OFF", f"cache_size = -{CACHE_KIB}")
"""How a draft is written: nobody else sees it, and one that is not finished is thrown away."""
_SHARED = ("locking_mode = NORMAL", "journal_mode = WAL", "synchronous = FULL")
STALE = timedelta(days=1)
"""A draft of this age was left by a process that was killed."""
_DRAFT = ".new-"
Facts = Callable[[], dict[str, Any]]
_ITEM = """INSERT INTO item (id, sha256, at, category, size, tokens, locator, start)
    VALUES (?1, ?2, ?3, ?4, ?5, (?5 + 3) / 4, ?6, ?7) ON CONFLICT DO NOTHING"""
"""Tokens are estimated: four bytes each, rounded up."""
_MOVE = "UPDATE item SET start = ? WHERE id = ?"
_SUMS = """SELECT count(*), total(size), total(tokens), count(*) - count(at), count(*) - count(category) FROM item"""


def make(project: Path, name: str | None, items: Iterable[Item], rejects: Rejects, facts: Facts) -> Path:
    """Make a batch of items in a project and return its folder; it is there as a whole or not at all.

    `facts` is asked at the end where the items came from. Raises BatchpackError for a name that is taken, no items,
    twins (unless the rejects keep going), and Unwritable when there is no room.
    """
    now = datetime.now(UTC)
    folder = project / batches.FOLDER / (ids.new_batch(now) if name is None else ids.check_batch(name))
    _refuse_taken(folder)
    with _draft(folder) as draft:
        path = draft / database.NAME
        database.create(path)
        with database.opened(path) as connection, bodies.create(draft) as out:
            for pragma in _ALONE:
                connection.execute(f"PRAGMA {pragma}")
            with database.transaction(connection):
                connection.execute("DROP INDEX item_chunk")  # made anew where chunks are made
                batches.put(connection, "created_at", now.timestamp())
                write(connection, out, items, rejects, facts)
            for pragma in _SHARED:
                connection.execute(f"PRAGMA {pragma}").fetchall()
        _publish(draft, folder)
    keep_from_git(folder.parent)
    return folder


def write(
    connection: sqlite3.Connection, out: IO[bytes], items: Iterable[Item], rejects: Rejects, facts: Facts
) -> None:
    """Write items, their fields into the file beside, and what is known of them all, within a transaction."""
    hashed = sha256()
    waiting, start = iter(items), 0
    while block := list(islice(waiting, BLOCK)):
        taken = block
        if connection.executemany(_ITEM, _rows(block, start)).rowcount != len(block):
            taken = list(_first(connection, block, rejects))
            connection.executemany(_MOVE, [(row[-1], row[0]) for row in _rows(taken, start)])
        data = b"\n".join([body for _, body in taken] + [b""])
        out.write(data)
        start += len(data)
        hashed.update("".join([f"{row[0]}\t{row[1]}\n" for row, _ in taken]).encode())
    count, size, tokens, undated, uncategorised = connection.execute(_SUMS).fetchone()
    if not count:
        raise BatchpackError("there are no items in it", "nothing was added; name another source")
    told = {"items": count, "size": int(size), "tokens": int(tokens), "undated": undated}
    told |= {"uncategorised": uncategorised, "manifest": hashed.hexdigest(), "rejected": rejects.rows}
    for key, value in {**facts(), "added": told}.items():
        batches.put(connection, key, value)


def _rows(block: Iterable[Item], start: int) -> Iterator[tuple[object, ...]]:
    """Yield the rows of items with the places at which their fields begin."""
    for row, body in block:
        yield (*row, start)
        start += len(body) + 1


def added(connection: sqlite3.Connection) -> Added:
    """Return what became of the sources of a batch; raises BatchpackError for one without items."""
    told = batches.get(connection, "added")
    if not isinstance(told, dict):
        raise BatchpackError("this batch has no items, only tasks", "name another one with --batch")
    return Added(**{**told, "rejected": tuple((place, reason) for place, reason in told["rejected"])})


def recount(connection: sqlite3.Connection) -> str:
    """Return the manifest's hash made from the items that are there now."""
    hashed = sha256()
    for row in connection.execute("SELECT id, sha256 FROM item ORDER BY seq"):
        hashed.update(f"{row[0]}\t{row[1]}\n".encode())
    return hashed.hexdigest()


def _first(connection: sqlite3.Connection, block: list[Item], rejects: Rejects) -> Iterator[Item]:
    """Yield the items of a block that were written; the others are twins of earlier ones."""
    for item in block:
        name, *_, place = item[0]
        first = connection.execute("SELECT locator FROM item WHERE id = ?", (name,)).fetchone()[0]
        if first == place:
            yield item
        else:
            rejects.put(place, f"its id {name!r} is that of {first} too")


def _refuse_taken(folder: Path) -> None:
    """Refuse a name that another batch has."""
    if folder.exists():
        raise BatchpackError(f"there is a batch {folder.name!r} already", "choose another --name")


@contextmanager
def _draft(folder: Path) -> Iterator[Path]:
    """Make a folder beside the one to be, which is gone afterwards unless it was renamed; old ones are swept."""
    draft = folder.with_name(f"{_DRAFT}{folder.name}-{os.urandom(4).hex()}")
    try:
        draft.mkdir(parents=True)
        _sweep(folder.parent)
    except OSError as error:
        raise Unwritable(folder, error.strerror or str(error)) from error
    try:
        yield draft
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _sweep(parent: Path) -> None:
    """Remove the drafts of processes that were killed long ago."""
    edge = (datetime.now(UTC) - STALE).timestamp()
    for path in parent.glob(f"{_DRAFT}*"):
        if not path.is_symlink() and path.stat().st_mtime < edge:
            shutil.rmtree(path, ignore_errors=True)


def _publish(draft: Path, folder: Path) -> None:
    """Force a draft to disk and give it its name."""
    try:
        for path in draft.iterdir():
            handle = os.open(path, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)
        sync_folder(draft)
        _refuse_taken(folder)
        draft.rename(folder)
        sync_folder(folder.parent)
    except OSError as error:
        raise Unwritable(folder, error.strerror or str(error)) from error
