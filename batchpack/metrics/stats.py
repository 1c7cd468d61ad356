"""The figures of runs of `batchpack run` for `batch-metrics`: as values for programs, as tables for people."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from batchpack import plaintext
from batchpack.metrics import critical, figures, wording
from batchpack.metrics.values import ENDS, Attempt, Record, Task


def row(record: Record) -> dict[str, Any]:
    """Return the figures of one run; times in seconds, null where nothing was measured."""
    steps, times = critical.path(record), figures.times(record.attempts)
    return {
        "run": record.run, "kind": record.kind, "name": record.name, "project": record.project,
        "started": record.begun, "standing": record.standing, "tasks": len(record.tasks), **figures.counts(record),
        "attempts": len(record.attempts), "retries": figures.retries(record),
        "failed_attempts": figures.failed_attempts(record), **_times(times),
        "critical_path": [step.task.name for step in steps],
        "critical_seconds": sum(step.seconds for step in steps) if steps else None,
        "usage": figures.spent(record.attempts).to_json(),
    }  # fmt: skip


def _times(times: figures.Times) -> dict[str, Any]:
    """Return times under the names that programs read."""
    return {
        "measured_attempts": times.measured, "worked_seconds": times.worked, "busy_seconds": times.busy,
        "wall_seconds": times.wall, "width": times.width, "peak": times.peak,
    }  # fmt: skip


def detail(record: Record) -> dict[str, Any]:
    """Return the figures of one run with those of each task."""
    return {**row(record), "by_task": [_task(task) for task in record.tasks]}


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
    attempts: list[Attempt] = [one for record in records for one in record.attempts]
    counted = ("tasks", *ENDS, "attempts", "retries", "failed_attempts", "measured_attempts")
    return {
        "runs": len(rows), **{key: sum(one[key] for one in rows) for key in counted}, "worked_seconds": worked,
        "busy_seconds": busy, "width": worked / busy if worked is not None and busy else None,
        "usage": figures.spent(attempts).to_json(),
    }  # fmt: skip


def _sum(rows: Sequence[dict[str, Any]], key: str) -> float | None:
    """Add up what is known, None where nothing is."""
    known = [one[key] for one in rows if one[key] is not None]
    return sum(known) if known else None


HEADS = ("run", "started", "name", "tasks", *ENDS, "attempts", "retries", "worked", "busy", "width", "tokens", "cost")


def cells(record: Record) -> list[str]:
    """Return one run as a row for people."""
    counts, times, spent = figures.counts(record), figures.times(record.attempts), figures.spent(record.attempts)
    numbers = [len(record.tasks), *counts.values(), len(record.attempts), figures.retries(record)]
    day = wording.moment(record.begun)[:16].replace("T", " ")
    return [
        record.run, day, record.name, *map(wording.number, numbers), wording.duration(times.worked),
        wording.duration(times.busy), wording.width(times), wording.tokens(spent), wording.money(spent),
    ]  # fmt: skip


def summary(records: Sequence[Record]) -> list[str]:
    """Say in lines what all runs came to."""
    found = totals(records)
    spent = figures.spent(one for record in records for one in record.attempts)
    ends = " + ".join(f"{found[end]} {end}" for end in ENDS)
    width = "unknown" if found["width"] is None else f"{found['width']:.1f}"
    worked, busy = wording.duration(found["worked_seconds"]), wording.duration(found["busy_seconds"])
    tried = f"attempts: {found['attempts']}, retries: {found['retries']}"
    use = f"{spent.measured} with tokens + {spent.unknown} unknown + {spent.without_model} without a model"
    return [
        f"runs: {found['runs']}, tasks: {found['tasks']} = {ends}",
        f"{tried}; {found['measured_attempts']} measured worked {worked} in {busy}, width {width}",
        f"attempts: {use}; tokens: {wording.tokens(spent)}; cost: {wording.money(spent)}",
    ]


TASK_HEADS = ("task", "group", "state", "attempts", "worked", "tokens", "cost")


def task_cells(task: Task) -> list[str]:
    """Return one task as a row for people."""
    spent, worked = figures.spent(task.attempts), figures.times(task.attempts).worked
    used = [wording.tokens(spent), wording.money(spent)] if task.attempts else ["-", "-"]
    took = wording.duration(worked) if task.attempts else "-"
    return [task.name, task.group, task.state, str(len(task.attempts)), took, *used]


def table(rows: Sequence[Sequence[str]]) -> list[str]:
    """Set rows in columns, the first row being their heads; nothing in them acts upon a terminal."""
    plain = [[plaintext.line(cell, 60) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*plain, strict=True)]
    return ["  ".join(map(str.ljust, row, widths)).rstrip() for row in plain]


def lines(records: Sequence[Record], shown: int | None) -> list[str]:
    """Say what runs came to, the newest last, with the totals of all; `shown` is how many rows there are at most."""
    if not records:
        return []
    newest = records[-shown:] if shown else records
    found = ["Runs of `batchpack run`:", *table([HEADS, *map(cells, newest)]), "", *summary(records)]
    older = len(records) - len(newest)
    return [*found, f"{older} older runs are not shown; --all shows them"] if older else found
