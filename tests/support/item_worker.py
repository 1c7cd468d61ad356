"""A worker that reads Python files for a batch, as a process of its own: `python -m tests.support.item_worker`.

It claims, writes a receipt before and after each act, records each item, reports each end twice, and dies of poison.
"""

from __future__ import annotations

import ast
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from batchpack.errors import BatchpackError
from batchpack.files import append_line
from batchpack.items import records
from batchpack.items.records import Judgement
from batchpack.queue import database, ticks
from batchpack.queue.rows import StaleClaim
from batchpack.queue.settling import Disposition
from batchpack.queue.store import SqliteQueue
from batchpack.queue.values import Task
from batchpack.receipts import recording
from batchpack.receipts.values import Draft

PAUSE = 0.02
LEASE = 1.0


def main(folder: Path, name: str) -> None:
    """Work until nothing is left; each answer to a report is noted in a file of this worker's own."""
    notes = folder / f"{name}.notes"
    with SqliteQueue(folder / database.NAME) as queue:
        while queue.soonest() is not None:
            task = queue.claim(name, lease=LEASE)
            if task is None:
                time.sleep(PAUSE)
            else:
                _note(notes, task, _work(queue, folder, name, task))


def _note(notes: Path, task: Task, ended: str) -> None:
    """Note what came of a claim; a note that a kill cut short is closed by the next."""
    append_line(notes, f"{task.id} {task.token} {ended}")


def _work(queue: SqliteQueue, folder: Path, name: str, task: Task) -> str:
    """Judge each item of a task and report its end; returns `accepted`, `late` for a refused one."""
    try:
        ends = [_judge(queue, folder, name, task, item, Path(path)) for item, path in _items(folder, task)]
        report = _report(queue, task, ends)
        report()
        report()  # whoever does not know whether a report arrived sends it again
    except StaleClaim:
        return "late"
    except BatchpackError as error:
        return "late" if "ran out" in str(error) else f"refused: {error}"
    return "accepted"


def _report(queue: SqliteQueue, task: Task, ends: list[str]) -> Callable[[], Task]:
    """Return the report that a task's end calls for."""
    if task.kind == "chunk" or ends == ["done"]:
        return lambda: queue.complete(task.id, task.token, evidence=[f"read {len(ends)}"], result={"ends": ends})
    if ends == ["skipped"]:
        return lambda: queue.skip(task.id, task.token, reason="empty")
    return lambda: queue.fail(task.id, task.token, error="it cannot be parsed")


def _items(folder: Path, task: Task) -> list[tuple[str, str]]:
    """Return the items of a task with their paths."""
    with database.opened(folder / database.NAME) as connection:
        where, value = ("chunk", task.chunk) if task.kind == "chunk" else ("id", task.item)
        rows = connection.execute(f"SELECT id, locator FROM item WHERE {where} = ? ORDER BY seq", (value,))
        return [(row["id"], row["locator"]) for row in rows]


def _judge(queue: SqliteQueue, folder: Path, name: str, task: Task, item: str, path: Path) -> str:
    """Read an item between two receipts, and record it; poison kills, as a crash of a worker does."""
    if path.name.startswith("poison"):
        os.kill(os.getpid(), signal.SIGKILL)
    said: dict[str, Any] = {"task": task.id, "item": item, "worker": name, "token": task.token}
    act = recording.append(folder, Draft("before", what="read", **said)).act
    end = _read(path)
    recording.append(folder, Draft("after", act=act, result=end))
    queue.heartbeat(task.id, task.token, lease=LEASE)
    if task.kind == "chunk":
        with database.opened(folder / database.NAME) as connection, database.transaction(connection):
            records.put(connection, ticks.now(), task.id, task.token, [Judgement(item, end)])
    return end


def _read(path: Path) -> Disposition:
    """Judge a file: empty ones are skipped, those that are no Python fail."""
    data = path.read_bytes()
    if not data.strip():
        return "skipped"
    try:
        ast.parse(data)
    except (SyntaxError, ValueError):
        return "failed"
    return "done"


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
