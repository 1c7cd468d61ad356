"""A task that is an approved act: on each item a receipt before, the call, a receipt after."""

from __future__ import annotations

from collections.abc import Iterator

from batchpack.item_runs import prompts
from batchpack.item_runs.asking import ask
from batchpack.item_runs.floor import Floor
from batchpack.item_runs.judging import base_of
from batchpack.item_runs.values import Options, Subject
from batchpack.items import acts, looking
from batchpack.messages.answers import BadAnswer
from batchpack.queue import batches, database
from batchpack.queue.store import SqliteQueue
from batchpack.queue.values import Task
from batchpack.receipts import recording
from batchpack.receipts.values import Draft

SOME = 50


def candidates(queue: SqliteQueue, options: Options) -> Iterator[str]:
    """Yield tasks that wait and are of this run's kind: of its act, or about items that are to be judged."""
    queue.reap()
    after: int | None = 0
    while after is not None:
        page = queue.page(status="pending", after=after, limit=SOME)
        yield from (one.id for one in page.tasks if _is_meant(options, one))
        after = page.after


def is_over(queue: SqliteQueue, options: Options) -> bool:
    """Tell whether nothing of this run's kind waits or is held by anybody."""
    return not any(_is_meant(options, one) for status in ("pending", "claimed") for one in queue.every(status))


def _is_meant(options: Options, task: Task) -> bool:
    """Tell whether a task is of this run's kind."""
    if options.act is None:
        return task.kind in ("item", "chunk")
    return task.kind == "task" and task.id.rpartition("-")[0] == options.act.name


def carry_out(floor: Floor, queue: SqliteQueue, task: Task, slot: str) -> bool:
    """Act on each item of a task that has no receipt of an end, and report it; tells whether one failed."""
    options, failed = floor.options, 0
    with database.opened(options.folder / database.NAME) as connection:
        base = base_of(batches.get(connection, "sources"))
        found = [looking.show(connection, options.folder, item, base) for item in acts.left(options.folder, task.id)]
    cut = acts.cut_off(options.folder, task.id)
    for one in found:
        if one["id"] in cut:  # it may have taken place: a person looks
            failed += 1
            continue
        failed += _act(floor, task, Subject(task.id, task.chunk, (one,)), slot)
    if failed:
        queue.fail(task.id, task.token, error=f"{failed} of {len(found)} acts failed: batchpack receipts show")
        return True
    queue.complete(task.id, task.token, evidence=[f"{len(found)} acts with receipts by {options.executor.NAME}"])
    return False


def _act(floor: Floor, task: Task, subject: Subject, slot: str) -> bool:
    """Act on one item between two receipts; an act that was cut off stays open, for a person to look at."""
    options, item = floor.options, str(subject.items[0]["id"])
    assert options.act is not None  # noqa: S101 - only such tasks are claimed
    undo = prompts.argv(options.act.undo, subject)
    draft = Draft(
        "before", what=options.act.name, task=task.id, item=item, worker=f"{options.worker}.{slot}", token=task.token,
        undo=undo,
    )  # fmt: skip
    act = recording.append(options.folder, draft).act
    try:
        [judged] = ask(floor, subject, slot)
    except BadAnswer as error:
        recording.append(options.folder, Draft("after", act=act, result="failed", detail=error.reason))
        return True
    recording.append(options.folder, Draft("after", act=act, result=judged.disposition, detail=judged.rationale[:500]))
    return judged.disposition == "failed"
