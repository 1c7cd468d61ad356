"""What a reader is shown of a run of work: one row a task, the counts, the time that is left."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from batchpack.execution.schedule import chains
from batchpack.execution.state import State, Task
from batchpack.execution.store import WorkRun
from batchpack.workplan.values import WorkPlan, WorkTask

TAIL_BYTES = 4096
SETTLED = ("merged", "verified", "abandoned", "skipped", "cancelled")


@dataclass(frozen=True, slots=True)
class Row:
    """One task: its state, attempts that counted, seconds of its present or last attempt, and what it said last."""

    task: str
    title: str
    layer: str
    state: str
    attempt: int
    of: int
    seconds: float | None
    tokens: int
    dollars: float | None
    executor: str
    waits_for: tuple[str, ...]
    detail: str


@dataclass(frozen=True, slots=True)
class View:
    """A run at one moment; `left` are the seconds to the end by what finished tasks took, None before that."""

    run: str
    rows: tuple[Row, ...]
    counts: dict[str, int]
    tokens: int
    dollars: float | None
    elapsed: float
    left: float | None
    pause: str
    halted: str
    finished: bool
    driven: bool

    def to_json(self) -> dict[str, Any]:
        """Return plain values."""
        return asdict(self)


def view(run: WorkRun, state: State, *, driven: bool, width: int) -> View:
    """Make the view of a run of what its journal says at this moment."""
    plan = run.plan
    rows = tuple(_row(run, task, state) for task in plan.tasks)
    priced = not any(task.unpriced for task in state.tasks.values())
    now = time.time()
    end = max((task.ended or now for task in state.tasks.values()), default=now) if state.finished else now
    return View(
        run=run.id,
        rows=rows,
        counts=counts(state),
        tokens=sum(row.tokens for row in rows),
        dollars=sum(task.dollars for task in state.tasks.values()) if priced else None,
        elapsed=end - (state.started or now),
        left=None if state.finished else seconds_left(plan, state, width),
        pause=str(state.pause["reason"]) if state.pause else "",
        halted=state.halted,
        finished=state.finished is not None,
        driven=driven,
    )


def counts(state: State) -> dict[str, int]:
    """Count tasks by state, in the order of their first appearance."""
    found: dict[str, int] = {}
    for task in state.tasks.values():
        found[task.status] = found.get(task.status, 0) + 1
    return found


def seconds_left(plan: WorkPlan, state: State, width: int) -> float | None:
    """Estimate the seconds to the end: what finished tasks took on average, spread over the places.

    The longest chain of open tasks is a lower bound, since it cannot be shared.
    """
    took = [task.ended - task.started for task in state.tasks.values() if task.ended and task.started and task.tries]
    if not took:
        return None
    mean = sum(took) / len(took)
    open_ = {task.id: task for task in plan.tasks if state.tasks[task.id].status not in SETTLED}
    chain = max(chains(open_).values(), default=0)
    return mean * max(len(open_) / max(width, 1), chain)


def _row(run: WorkRun, about: WorkTask, state: State) -> Row:
    """Make the row of a task."""
    task = state.tasks[about.id]
    waits = tuple(other for other in about.depends_on if state.tasks[other].status not in {"merged", "verified"})
    return Row(
        task=task.name,
        title=about.title,
        layer=about.layer,
        state=task.status,
        attempt=task.number,
        of=max(about.attempts, task.number),
        seconds=_seconds(task),
        tokens=task.tokens,
        dollars=None if task.unpriced else task.dollars,
        executor=task.executor,
        waits_for=waits if task.status == "pending" else (),
        detail=_detail(run, task),
    )


def _seconds(task: Task) -> float | None:
    """Return how long the present or last attempt took."""
    if task.started is None:
        return None
    return (task.ended or time.time()) - task.started


def _detail(run: WorkRun, task: Task) -> str:
    """Return the last line that a running attempt wrote, else why the task stands where it stands."""
    if not task.runs:
        return task.reason
    folder = run.folder / "attempts" / f"{task.name}-{task.number}"
    return last_line((folder / "out", folder / "err"))


def last_line(paths: Iterable[Path]) -> str:
    """Return the last line with letters of the first file that has one; control characters are left out."""
    for path in paths:
        try:
            with path.open("rb") as stream:
                size = stream.seek(0, 2)
                stream.seek(max(0, size - TAIL_BYTES))
                lines = stream.read().decode("utf-8", "replace").splitlines()
        except OSError:
            continue
        for line in reversed(lines):
            if text := "".join(letter for letter in line if letter.isprintable()).strip():
                return text[:200]
    return ""
