"""The manifest: items written into the file of a batch, all or none, each id once, with the hash of it all."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from hashlib import sha256
from itertools import accumulate, chain
from pathlib import Path
from typing import IO, Any

from batchpack.errors import BatchpackError, Unwritable
from batchpack.files import keep_from_git, sync_folder
from batchpack.items import bodies
from batchpack.items.values import NOTHING, Added, Block, Rejects
from batchpack.queue import batches, database, ids

GROUP = 50
"""Items of one statement: a statement for each costs more than what it writes."""
CACHE_KIB = 65_536
_ALONE = (
    "locking_mode = EXCLUSIVE",
    "journal_mode = OFF",
    "synchronous = OFF",
    f"cache_size = -{CACHE_KIB}",
    "secure_delete = OFF",
)
"""How a draft is written: nobody else sees it, and one that is not finished is thrown away."""
_SHARED = ("locking_mode = NORMAL", "journal_mode = WAL", "synchronous = FULL")
STALE = timedelta(days=1)
"""A draft of this age was left by a process that was killed."""
_DRAFT = ".new-"
Facts = Callable[[], dict[str, Any]]
_ITEMS = "INSERT INTO item (id, sha256, at, category, size, tokens, locator, start) VALUES"
_ITEM = "(?, ?, ?, ?, ?, ?, ?, ?)"
_MOVE = "UPDATE item SET start = ? WHERE id = ?"
_SUMS = """SELECT count(*), total(size), total(tokens), count(*) - count(at), count(*) - count(category) FROM item"""


def make(project: Path, name: str | None, blocks: Iterable[Block], rejects: Rejects, facts: Facts) -> Path:
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
                write(connection, out, blocks, rejects, facts)
            for pragma in _SHARED:
                connection.execute(f"PRAGMA {pragma}").fetchall()
        _publish(draft, folder)
    keep_from_git(folder.parent)
    return folder


def write(
    connection: sqlite3.Connection, out: IO[bytes], blocks: Iterable[Block], rejects: Rejects, facts: Facts
) -> None:
    """Write items, their fields into the file beside, and what is known of them all, within a transaction."""
    hashed = sha256()
    start = 0
    for block in blocks:
        taken = block
        if _insert(connection, block, start) != len(block.names):
            taken = _first(connection, block, start, rejects)
            connection.executemany(_MOVE, zip(_starts(taken, start), taken.names, strict=True))
        start += out.write(b"\n".join([*taken.bodies, b""]))
        hashed.update("\n".join([*map("\t".join, zip(taken.names, taken.digests, strict=True)), ""]).encode())
    count, size, tokens, undated, uncategorised = connection.execute(_SUMS).fetchone()
    if not count:
        raise BatchpackError("there are no items in it", "nothing was added; name another source")
    told = {"items": count, "size": int(size), "tokens": int(tokens), "undated": undated}
    told |= {"uncategorised": uncategorised, "manifest": hashed.hexdigest(), "rejected": rejects.rows}
    for key, value in {**facts(), "added": told}.items():
        batches.put(connection, key, value)


def _insert(connection: sqlite3.Connection, block: Block, start: int) -> int:
    """Write the items of a block whose ids are new; returns how many. Tokens are estimated: four bytes each."""
    names, digests, ats, categories, sizes, places, _ = block
    tokens = [(size + 3) // 4 for size in sizes]
    starts = _starts(block, start)
    rows = list(zip(names, digests, ats, categories, sizes, tokens, places, starts, strict=True))
    written = 0
    for at in range(0, len(rows), GROUP):
        group = rows[at : at + GROUP]
        written += connection.execute(_statement(len(group)), list(chain.from_iterable(group))).rowcount
    return written


@cache
def _statement(count: int) -> str:
    """Return the statement that writes so many items, except those whose ids are there already."""
    return f"{_ITEMS} {', '.join([_ITEM] * count)} ON CONFLICT DO NOTHING"


def _starts(block: Block, start: int) -> list[int]:
    """Return the places at which the fields of items begin."""
    ends = accumulate([len(body) + 1 for body in block.bodies], initial=start)
    return list(ends)[:-1]


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


def _first(connection: sqlite3.Connection, block: Block, start: int, rejects: Rejects) -> Block:
    """Return the items of a block that were written; the others are twins of earlier ones, or read a second time."""
    written = []
    for row in zip(*block, strict=True):
        name, *_, place, _ = row
        first, at = connection.execute("SELECT locator, start FROM item WHERE id = ?", (name,)).fetchone()
        if first == place and at >= start:
            written.append(row)
        elif first == place:
            rejects.put(place, "it was read before: its source is named twice")
        else:
            rejects.put(place, f"its id {name!r} is that of {first} too")
    return Block(*zip(*written, strict=True)) if written else NOTHING


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
