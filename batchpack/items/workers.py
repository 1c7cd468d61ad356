"""One prompt for all workers of a batch, written by the program into a file, and what each of them is told."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from batchpack.errors import UsageError
from batchpack.files import read_text, write_atomic
from batchpack.items.manifest import added
from batchpack.places import last_of
from batchpack.plaintext import clean, mark
from batchpack.queue import batches, database, listing
from batchpack.values import AgentCall

AGENT = "batch-worker"
NAME = "worker.md"
WANTED, HOST = "wanted", "host"
TEMPLATE = Path("skills", "_shared", "worker-prompt.md.j2")
MOST = 8
"""Workers at once: more of them only get into the way of their host's limits."""


@dataclass(frozen=True, slots=True)
class Orders:
    """What is to be done with each item, which word starts the program, and the most tasks of a worker (None: all)."""

    wanted: str
    program: str = "batchpack"
    most: int | None = None


def remember(connection: sqlite3.Connection, wanted: str | None, host: str | None) -> str:
    """Keep what is wanted of the items and in which host, or return what was kept before; raises UsageError if none."""
    if host is not None:
        with database.transaction(connection):
            batches.put(connection, HOST, host)
    if wanted is None:
        found = batches.get(connection, WANTED)
        if not isinstance(found, str):
            raise UsageError(
                "nobody said what is to be done with the items", "say it with --file, or --file - and text"
            )
        return found
    text = clean(wanted).strip()
    if not text:
        raise UsageError("it does not say what is to be done with the items", "write it as you would tell a person")
    with database.transaction(connection):
        batches.put(connection, WANTED, text)
    return text


def are_told(connection: sqlite3.Connection) -> bool:
    """Tell whether workers of this batch have a prompt."""
    return batches.get(connection, WANTED) is not None


def host_of(connection: sqlite3.Connection) -> str | None:
    """Return the host that workers were started in last."""
    found = batches.get(connection, HOST)
    return found if isinstance(found, str) else None


def write(connection: sqlite3.Connection, folder: Path, orders: Orders, roots: Sequence[Path]) -> Path:
    """Write the prompt of all workers and return its path; raises BrokenFile for a broken template."""
    path = folder / NAME
    write_atomic(path, prompt(connection, folder.name, orders, roots))
    return path


def prompt(connection: sqlite3.Connection, batch: str, orders: Orders, roots: Sequence[Path]) -> str:
    """Return the prompt of all workers."""
    from batchpack.render import render

    path = last_of(roots, TEMPLATE)
    wanted = clean(orders.wanted)
    words = {
        "batch": batch, "items": f"{added(connection).items:,}", "mark": mark(wanted, "WANTED"),
        "wanted": wanted, "program": orders.program, "most": orders.most,
    }  # fmt: skip
    return render(read_text(path), words, path=path)


def number(connection: sqlite3.Connection, asked: int | None) -> int:
    """Return how many workers there is work for: as many as were asked for, at most eight, none without a task."""
    counts = listing.counts(connection)
    return min(asked or MOST, MOST, counts["pending"] + counts["claimed"])


def calls(batch: str, shown: str, count: int, agent: str, *, background: bool = False) -> list[AgentCall]:
    """Return the calls that start workers: one prompt for all, a name for each."""
    made = [f"{batch[-40:]}.w{one}" for one in range(1, count + 1)]
    return [
        AgentCall(agent, f"worker {at}", f"Your NAME is {name}. Read `{shown}` and follow it.", background)
        for at, name in enumerate(made, 1)
    ]
