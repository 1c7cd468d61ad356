"""The figures of runs for `batch-metrics`: as values for programs, as rows for people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from batchpack.executor import Usage
from batchpack.metrics import critical, figures, wording
from batchpack.metrics.figures import Spent
from batchpack.metrics.values import ENDS, Attempt, Record, Task
from batchpack.runs import ids

KINDS = ("input", "output", "cache_read", "cache_write")
PLUS = "+?"
"""Behind a sum in a table: there is more, which nobody measured or which has no price."""
LEGEND = f"{PLUS}: and more, which nobody measured or which has no price here"


def row(record: Record) -> dict[str, Any]:
    """Return the figures of one run; times in seconds, null where nothing was measured."""
    steps, queued = critical.path(record), figures.queued(record)
    return {
        "run": record.run, "kind": record.kind, "name": record.name, "by": record.by, "project": record.project,
        "started": record.begun, "standing": record.standing,
        "elapsed_seconds": figures.elapsed(record), **_work(record),
        "queued_attempts": queued.measured, "queued_seconds": queued.seconds, "queued_median": queued.median,
        "queued_longest": queued.longest, "critical_path": [step.task.name for step in steps],
        "critical_seconds": sum(step.seconds for step in steps) if steps else None,
        "usage": figures.spent(record.attempts).to_json(),
    }  # fmt: skip


def _work(record: Record) -> dict[str, Any]:
    """Return tasks by their ends, attempts, and times."""
    counts, times = figures.counts(record), figures.times(record.attempts)
    return {
        "tasks": len(record.tasks), **counts, "success_rate": success(counts), "attempts": len(record.attempts),
        "retries": figures.retries(record), "failed_attempts": figures.failed_attempts(record), **_times(times),
    }  # fmt: skip


def success(counts: dict[str, Any]) -> float | None:
    """Return how many of the tasks that came to an end are done, from 0 to 1; None where none came to one."""
    ended = counts["done"] + counts["failed"] + counts["skipped"]
    return counts["done"] / ended if ended else None


def _times(times: figures.Times) -> dict[str, Any]:
    """Return times under the names that programs read."""
    return {
        "measured_attempts": times.measured, "worked_seconds": times.worked, "busy_seconds": times.busy,
        "wall_seconds": times.wall, "width": times.width, "peak": times.peak,
    }  # fmt: skip


def detail(record: Record) -> dict[str, Any]:
    """Return the figures of one run with those of each of its batches and tasks."""
    return {**row(record), "by_batch": batches(record), "by_task": [_task(task) for task in record.tasks]}


def batches(record: Record) -> list[dict[str, Any]]:
    """Return the figures of the batches, or layers, of a run."""
    return [
        {"run": record.run, "batch": group, **_work(one), "usage": figures.spent(one.attempts).to_json()}
        for group, one in batches_of(record)
    ]


def batches_of(record: Record) -> Iterator[tuple[str, Record]]:
    """Yield the batches, or layers, of a run, each as a run of its own tasks."""
    of_group: dict[str, list[Task]] = {group: [] for group in record.groups}
    for task in record.tasks:
        of_group.setdefault(task.group, []).append(task)
    for group, tasks in of_group.items():
        if tasks:
            yield group, replace(record, tasks=tuple(tasks), groups=(group,))


def _task(task: Task) -> dict[str, Any]:
    """Return the figures of one task."""
    return {
        "task": task.name, "group": task.group, "end": task.end, "state": task.state, "attempts": len(task.attempts),
        "worked_seconds": figures.times(task.attempts).worked, "usage": figures.spent(task.attempts).to_json(),
    }  # fmt: skip


def totals(records: Sequence[Record]) -> dict[str, Any]:
    """Add runs up; `busy` time is the sum over the runs, so that `width` is one run's on the average."""
    rows = [row(record) for record in records]
    worked, busy = (_sum(rows, key) for key in ("worked_seconds", "busy_seconds"))
    counted = ("tasks", *ENDS, "attempts", "retries", "failed_attempts", "measured_attempts")
    sums: dict[str, Any] = {key: sum(one[key] for one in rows) for key in counted}
    return {
        "runs": len(rows), **sums, "success_rate": success(sums), "worked_seconds": worked, "busy_seconds": busy,
        "width": worked / busy if worked is not None and busy else None, "usage": _all_spent(records).to_json(),
    }  # fmt: skip


def _all_spent(records: Iterable[Record]) -> Spent:
    """Add up what all attempts of runs used."""
    attempts: list[Attempt] = [one for record in records for one in record.attempts]
    return figures.spent(attempts)


def _sum(rows: Sequence[dict[str, Any]], key: str) -> float | None:
    """Add up what is known, None where nothing is."""
    known = [one[key] for one in rows if one[key] is not None]
    return sum(known) if known else None


USED_HEADS = ("input", "output", "cached", "to cache", "cost")
WORK_HEADS = (*ENDS, "success", "retries", "elapsed", "worked", "width")
HEADS = ("run", "started", "name", "by", "tasks", *WORK_HEADS, "queued", "critical", *USED_HEADS)
BATCH_HEADS = ("run", "batch", "tasks", *WORK_HEADS, *USED_HEADS)
TASK_HEADS = ("task", "batch", "state", "attempts", "worked", *USED_HEADS)
WORKER_HEADS = ("executor", "agent", "model", "attempts", "worked", "width", *USED_HEADS)


def cells(record: Record) -> list[str]:
    """Return one run as a row for people."""
    steps = critical.path(record)
    longest = wording.duration(sum(step.seconds for step in steps) if steps else None)
    waited = wording.duration(figures.queued(record).median)
    who = [ids.short(record.run), wording.local(record.begun), record.name, _who(record)]
    return [*who, *_work_cells(record, figures.elapsed(record)), waited, longest, *_used(record.attempts)]


def _who(record: Record) -> str:
    """Say in a word or two who carried a run out."""
    return record.by.removeprefix("the agents of ").removeprefix("a ").removeprefix("batchpack run with ")


def _work_cells(record: Record, elapsed: float | None) -> list[str]:
    """Return tasks by their ends, and times."""
    counts, times = figures.counts(record), figures.times(record.attempts)
    rate = success(counts)
    numbers = [wording.number(count) for count in (len(record.tasks), *counts.values())]
    took = [wording.duration(elapsed), wording.duration(times.worked), wording.width(times)]
    took = took if record.attempts else ["-"] * 3
    return [*numbers, "-" if rate is None else f"{rate:.0%}", wording.number(figures.retries(record)), *took]


def batch_cells(record: Record) -> list[list[str]]:
    """Return the batches of a run as rows for people."""
    return [
        [ids.short(record.run), group, *_work_cells(one, figures.times(one.attempts).wall), *_used(one.attempts)]
        for group, one in batches_of(record)
    ]


def task_cells(task: Task) -> list[str]:
    """Return one task as a row for people."""
    worked = wording.duration(figures.times(task.attempts).worked) if task.attempts else "-"
    return [task.name, task.group, task.state, str(len(task.attempts)), worked, *_used(task.attempts)]


def worker_cells(record: Record) -> list[list[str]]:
    """Return what each executor, agent and model did in a run, as rows for people."""
    return [
        [*(one or "-" for one in key), str(spent.attempts), wording.duration(times.worked), wording.width(times),
         *used(spent)]
        for key, spent, times in figures.by_worker(record)
    ]  # fmt: skip


def itself_cells(usage: Usage) -> list[str]:
    """Return what the session used that started a run's agents, as a row below theirs."""
    counts = [wording.number(getattr(usage, kind)) for kind in KINDS]
    cost = wording.UNKNOWN if usage.dollars is None else wording.dollars(usage.dollars)
    return ["host", "the session itself", usage.model or "-", "-", "-", "-", *counts, cost]


def _used(attempts: Iterable[Attempt]) -> list[str]:
    """Return what attempts used as cells."""
    return used(figures.spent(attempts))


def used(spent: Spent) -> list[str]:
    """Return tokens by kind and what they cost, as cells."""
    if not spent.attempts:
        return ["-"] * len(USED_HEADS)
    if not spent.measured:
        return [wording.UNKNOWN if spent.unknown else wording.NONE] * len(USED_HEADS)
    more = PLUS if spent.unknown else ""
    counts = [wording.number(getattr(spent, kind)) + more for kind in KINDS]
    return [*counts, _money(spent)]


def _money(spent: Spent) -> str:
    """Return a cost as a cell."""
    if spent.dollars is None:
        return wording.UNKNOWN
    return wording.dollars(spent.dollars) + (PLUS if spent.measured + spent.unknown > spent.priced else "")


def summary(records: Sequence[Record]) -> list[str]:
    """Say in lines what all runs came to."""
    found, spent = totals(records), _all_spent(records)
    ends = f"{found['tasks']} = " + " + ".join(f"{found[end]} {end}" for end in ENDS)
    rate = "" if found["success_rate"] is None else f"; success: {found['success_rate']:.0%} of those at an end"
    width = wording.UNKNOWN if found["width"] is None else f"{found['width']:.1f}"
    worked, busy = wording.duration(found["worked_seconds"]), wording.duration(found["busy_seconds"])
    tried = f"attempts: {found['attempts']}, retries: {found['retries']}"
    use = f"{spent.measured} with tokens + {spent.unknown} unknown + {spent.without_model} without a model"
    return [
        f"runs: {found['runs']}, tasks: {ends}{rate}",
        f"{tried}; {found['measured_attempts']} measured worked {worked} in {busy}, width {width}",
        f"attempts: {use}; tokens: {wording.tokens(spent)}; cost: {wording.money(spent)}",
    ]
