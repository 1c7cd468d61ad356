"""The results of a batch, written from the records alone."""

from __future__ import annotations

from collections.abc import Iterator

from batchpack.files import write_atomic
from batchpack.runs import wording
from batchpack.runs.state import Batch, Result, State, Task
from batchpack.runs.store import Run

STANDING = {"pending": "not started", "running": "no result yet", "failed": "FAILED", "skipped": "SKIPPED"}


def status(task: Task) -> str:
    """Return a task's standing in a word or two: the agent's own when it is done."""
    return task.result.status if task.state == "done" and task.result else STANDING[task.state]


def write(run: Run, state: State, batch: Batch) -> None:
    """Write `batch<N>-results.md`; raises Unwritable."""
    write_atomic(run.batch_results(batch.number), "\n".join(_lines(run, state, batch)) + "\n")


def _lines(run: Run, state: State, batch: Batch) -> Iterator[str]:
    """Say every task of a batch."""
    yield f"# Batch {batch.number} of run {run.id}"
    for task in state.of(batch):
        yield f"\n## {task.name}: {status(task)}\n"
        yield from lines(run, task)


def lines(run: Run, task: Task) -> Iterator[str]:
    """Say what is on record of a task."""
    if task.reason:
        yield f"- Reason: {task.reason}"
    if task.attempt:
        yield f"- Attempt: {task.attempt}"
    if task.result:
        yield from _result(task.result)
        yield f"- Report: {run.report(task.name)} ({task.result.size} bytes)"
    if task.late:
        yield f"- Came in late, does not count yet: {task.late.status}: {task.late.summary} ({run.late(task.name)})"


def _result(result: Result) -> Iterator[str]:
    """Say what an agent said."""
    yield f"- Summary: {result.summary}"
    if result.changed:
        yield f"- Changed: {', '.join(result.changed)}"
    if result.no_change:
        yield f"- Nothing changed: {result.no_change}"
    for line in result.evidence:
        yield f"- Evidence: {wording.cut(line, 500)}"
