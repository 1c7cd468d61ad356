"""What the commands share that look after a batch: their options, its folder and its file."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from batchpack.app import App
from batchpack.commands.items._queue import BATCH, JSON, PROJECT
from batchpack.output import say, say_json
from batchpack.queue import batches, database


@dataclass(frozen=True)
class Room:
    """A batch: the app, the project, its folder, its open file, and how facts about it are to be told."""

    app: App
    project: Path
    folder: Path
    connection: sqlite3.Connection
    as_json: bool

    def tell(self, lines: Iterable[str], **facts: Any) -> None:
        """Say facts, as lines or as JSON."""
        if self.as_json:
            say_json({"batch": self.folder.name, **facts})
        else:
            say("\n".join(lines))

    @property
    def named(self) -> str:
        """The option that names this batch in a command to be run next."""
        return f"--batch {self.folder.name}"


def batch_command(*wanted: Callable[[Any], Any]) -> Callable[[Callable[..., int | None]], Callable[..., int | None]]:
    """Give a command its options and those of all of them, and hand it a room that is closed behind it."""

    def give(function: Callable[..., int | None]) -> Callable[..., int | None]:
        def run(app: App, /, batch: str, project: Path | None, as_json: bool, **given: Any) -> int | None:
            root = app.project(project)
            folder = batches.find(root, batch)
            with database.opened(folder / database.NAME) as connection:
                return function(Room(app, root, folder, connection, as_json), **given)

        run.__doc__ = function.__doc__
        made: Any = click.pass_obj(run)
        for option in reversed((*wanted, BATCH, PROJECT, JSON)):
            made = option(made)
        return made  # type: ignore[no-any-return]

    return give
