"""What the commands share that workers call: their options, the queue that is meant, and how a task is told."""

from __future__ import annotations

import getpass
import json
import re
import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import click

from batchpack.app import App
from batchpack.errors import UsageError
from batchpack.output import say, say_json
from batchpack.plaintext import line
from batchpack.queue import batches, database, ids
from batchpack.queue.store import SqliteQueue
from batchpack.queue.values import LEASE_SECONDS, Task, said

F = TypeVar("F", bound=Callable[..., Any])
WORKER_VARIABLE = "BATCHPACK_WORKER"

TASK = click.argument("task")
TOKEN = click.option("--token", type=int, required=True, help="The token that your claim was answered with.")
LEASE = click.option(
    "--lease", type=float, default=LEASE_SECONDS, show_default=True, metavar="SECONDS", help="How long it is yours."
)
BATCH = click.option("--batch", default=ids.LATEST, metavar="NAME", help="The batch of items.  [default: the latest]")
PROJECT = click.option("--project", type=click.Path(file_okay=False, path_type=Path), help="The project's folder.")
JSON = click.option("--json", "as_json", is_flag=True, help="Print facts as JSON.")
WORKER = click.option(
    "--worker", envvar=WORKER_VARIABLE, help=f"Who works; also ${WORKER_VARIABLE}.  [default: user@machine]"
)
FORCE = click.option("--force", is_flag=True, help="Take it even from the worker that holds it.")


@dataclass(frozen=True)
class Desk:
    """A batch's queue and how facts about it are to be told."""

    queue: SqliteQueue
    batch: str
    as_json: bool

    def tell(self, text: str, task: Task | None, **more: Any) -> None:
        """Say what happened, as a line or as JSON with the task as it stands."""
        if self.as_json:
            say_json({"batch": self.batch, "task": None if task is None else task.to_json(), **more})
        else:
            say(text)

    def call(self, verb: str, task: Task, *words: str) -> str:
        """Return a command to be run next about a task; it names the batch, since another may be the latest by then."""
        return " ".join(["batchpack items", verb, task.id, "--token", str(task.token), *words, "--batch", self.batch])


def desk_command(*wanted: Callable[[Any], Any]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give a command its options and those of all of them, and hand it a desk that is closed behind it."""

    def give(function: Callable[..., None]) -> Callable[..., None]:
        def run(app: App, /, batch: str, project: Path | None, as_json: bool, **given: Any) -> None:
            folder = batches.find(app.project(project), batch)
            path = folder / database.NAME
            with SqliteQueue(path) as queue, database.told(path):
                function(Desk(queue, folder.name, as_json), **given)

        run.__doc__ = function.__doc__
        made: Any = click.pass_obj(run)
        for option in reversed((*wanted, BATCH, PROJECT, JSON)):
            made = option(made)
        return made  # type: ignore[no-any-return]

    return give


def worker_of(given: str | None) -> str:
    """Return the worker's name: the given one, else user@machine."""
    if given:
        return ids.check_worker(given)
    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # a container whose user has no name
        user = "worker"
    return ids.check_worker(
        re.sub(r"^[^A-Za-z0-9]+|[^A-Za-z0-9._@-]", "-", f"{user}@{socket.gethostname()}").strip("-")[:64]
    )


def value_of(option: str, text: str | None) -> Any:
    """Read a value that is given as JSON, or with `-` on standard input; raises UsageError."""
    if text is None:
        return None
    try:
        return json.loads(sys.stdin.buffer.read() if text == "-" else text)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{option} is no JSON: {error}", """write it as '{"kept": 3}'""") from error


def given_text() -> str:
    """Return what stands on standard input, as files are read; raises UsageError for what is no UTF-8 text."""
    try:
        return sys.stdin.buffer.read().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(f"standard input is not UTF-8 text (byte {error.start})", "give it as UTF-8") from error


def lines_of(task: Task) -> list[str]:
    """Tell a task on a line, with what is known of its end behind it; hidden characters taken out."""
    who = f" by {task.assignee}" if task.assignee else ""
    until = f" until {said(task.lease_until)}" if task.status == "claimed" else ""
    title = f"  {line(task.title)}" if task.title else ""
    error = [f"  {line(task.error)}"] if task.error else []
    return [f"{task.id}  {task.status}{who}{until}{title}", *error]
