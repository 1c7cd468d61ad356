"""Batches of items in a project: where they lie, how a word leads to one, and how one is made."""

from __future__ import annotations

import json
import sqlite3
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from batchpack.errors import BatchpackError
from batchpack.files import keep_from_git
from batchpack.queue import database, ids, network

FOLDER = Path(".batchpack", "items")


class UnknownBatch(BatchpackError):
    """A word that leads to no batch of items."""

    def __init__(self, word: str, found: list[str]) -> None:
        hint = f"there are: {', '.join(found[-8:])}" if found else "make one with: batchpack items add"
        named = "" if word == ids.LATEST else f" {word[:80]!r}"
        super().__init__(f"there is no batch of items{named} here", hint)


def make(project: Path, name: str | None = None) -> Path:
    """Make an empty batch in a project, named by the time unless a name is given, and return its folder."""
    now = datetime.now(UTC)
    network.check_local(project)
    folder = project / FOLDER / (ids.new_batch(now) if name is None else ids.check_batch(name))
    database.create(folder / database.NAME)
    keep_from_git(project / FOLDER)
    with database.opened(folder / database.NAME) as connection, database.transaction(connection):
        put(connection, "created_at", now.timestamp())
    return folder


def find(project: Path, word: str = ids.LATEST) -> Path:
    """Return the folder of the batch that a word means: its name, its last four digits, or `latest`.

    Raises UnknownBatch; a folder that is a link is none of ours.
    """
    if word != ids.LATEST and (project / FOLDER / ids.check("batch", word) / database.NAME).is_file():
        return project / FOLDER / word
    folders = of_project(project)
    meant = folders[-1:] if word == ids.LATEST else [one for one in folders if one.name.endswith(f"-{word}")]
    if len(meant) != 1:
        raise UnknownBatch(word, [folder.name for folder in folders])
    return meant[0]


def of_project(project: Path) -> list[Path]:
    """Return the folders of a project's batches, oldest first."""
    parent = project / FOLDER
    if not parent.is_dir():
        return []
    whole = (path for path in parent.iterdir() if not path.name.startswith(".") and not path.is_symlink())
    folders = [path for path in whole if (path / database.NAME).is_file()]
    return sorted(folders, key=_age)


def get(connection: sqlite3.Connection, key: str, default: object = None) -> object:
    """Return a fact about a batch, as JSON has it."""
    row = connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
    return default if row is None else json.loads(row[0])


def put(connection: sqlite3.Connection, key: str, value: object) -> None:
    """Write a fact about a batch, within a transaction of the caller's."""
    connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, json.dumps(value)))


def _age(folder: Path) -> tuple[float, str]:
    """Return what orders batches by their beginning; one that cannot be read, or is half made, is the oldest."""
    made: object = None
    with suppress(BatchpackError), database.opened(folder / database.NAME) as connection:
        made = get(connection, "created_at")
    return (made if isinstance(made, int | float) else 0.0), folder.name
