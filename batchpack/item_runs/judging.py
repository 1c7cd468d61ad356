"""A task about items: each that has no record is asked for and recorded, then the task is reported."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from batchpack.item_runs.asking import ask
from batchpack.item_runs.floor import Floor
from batchpack.item_runs.values import Options, Subject
from batchpack.items import looking, records, summaries
from batchpack.items.records import Judgement
from batchpack.messages.answers import BadAnswer
from batchpack.queue import batches, database, ticks
from batchpack.queue.store import SqliteQueue
from batchpack.queue.values import Task


def carry_out(floor: Floor, queue: SqliteQueue, task: Task, slot: str) -> bool:
    """Judge what is left of a task and report it done; tells whether every item failed. Raises StaleClaim, Stopped."""
    options = floor.options
    left = pending(options, task)
    groups = [tuple(left)] if options.per == "chunk" and left else [(one,) for one in left]
    failed = 0
    for group in groups:
        subject = Subject(task.id, task.chunk, group)
        try:
            judged = ask(floor, subject, slot)
        except BadAnswer as error:
            judged = [Judgement(str(one["id"]), "failed", None, error.reason) for one in group]
        put(options, task, judged)
        failed += sum(one.disposition == "failed" for one in judged)
    evidence = f"{len(left) - failed} items judged and {failed} failed by {options.executor.NAME}"
    if failed and failed == len(left):
        ended = queue.fail(task.id, task.token, error=f"all {failed} items failed; the first: {judged[0].rationale}")
    else:
        ended = queue.complete(task.id, task.token, evidence=[evidence])
    summaries.after(options.folder, ended)
    return ended.status == "failed"


def pending(options: Options, task: Task) -> list[dict[str, Any]]:
    """Return the items of a task that have no record, with their fields; of files the text."""
    with database.opened(options.folder / database.NAME) as connection:
        base = base_of(batches.get(connection, "sources"))
        if task.kind == "item":
            found = [looking.show(connection, options.folder, str(task.item), base)]
            return [one for one in found if one["record"] is None]
        page = looking.page(connection, chunk=task.chunk, left=True, limit=looking.PAGE_LIMIT)
        return [looking.show(connection, options.folder, one["id"], base) for one in page.items]


def base_of(sources: Any) -> Path | None:
    """Return the folder that files were found in."""
    return next((Path(one["base"]) for one in sources or () if one["kind"] == "files"), None)


def put(options: Options, task: Task, judged: list[Judgement]) -> None:
    """Write records of a task's items, which counts at once."""
    with database.opened(options.folder / database.NAME) as connection, database.transaction(connection):
        records.put(connection, ticks.now(), task.id, task.token, judged)
