"""Clearing old batches away: only those at their end, and only as a whole."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from batchpack.errors import BatchpackError, Unwritable
from batchpack.items.looking import counts
from batchpack.queue import batches, database

RECEIPTS = "receipts.jsonl"


@dataclass(frozen=True, slots=True)
class Old:
    """A batch to clear away: its size in bytes, and why it would better stay, if that is so."""

    folder: Path
    bytes: int
    kept_for: str


def look(folders: Iterable[Path], older: timedelta, now: datetime | None = None) -> list[Old]:
    """Return the batches that were made longer ago than that."""
    edge = ((now or datetime.now(UTC)) - older).timestamp()
    return [old for made, old in map(_old, folders) if made <= edge]


def remove(old: Old) -> None:
    """Remove a batch: first its name, so that half of one is never seen as one. Raises Unwritable."""
    gone = old.folder.with_name(f".gone-{old.folder.name}-{os.urandom(4).hex()}")
    try:
        old.folder.rename(gone)
        shutil.rmtree(gone)
    except OSError as error:
        raise Unwritable(old.folder, error.strerror or str(error)) from error


def _old(folder: Path) -> tuple[float, Old]:
    """Return when a batch was made and what would go with it."""
    made, kept = folder.stat().st_mtime, ""
    try:
        with database.opened(folder / database.NAME) as connection:
            told = batches.get(connection, "created_at", made)
            made = told if isinstance(told, float | int) else made
            found = counts(connection)
            open_tasks = connection.execute(
                "SELECT count(*) FROM task WHERE status IN ('pending', 'claimed')"
            ).fetchone()[0]
        if found["pending"] or open_tasks:
            kept = f"{found['pending']:,} of its {found['items']:,} items are pending, {open_tasks:,} tasks are open"
        elif (folder / RECEIPTS).exists():
            kept = "it has receipts, which say how its acts are taken back"
    except BatchpackError as error:
        kept = f"it cannot be read: {error.message}"
    return made, Old(folder, _size(folder), kept)


def _size(folder: Path) -> int:
    """Return the bytes of a folder's files."""
    return sum((Path(base) / name).lstat().st_size for base, _, names in os.walk(folder) for name in names)
