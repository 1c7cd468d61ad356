"""Where a run stands: a pure fold of its journal over its plan."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from batchpack.runs.journal import Event

TaskState = Literal["pending", "running", "done", "failed", "skipped"]
FINISHED_STATUSES = ("DONE", "DONE_WITH_CONCERNS")


@dataclass(frozen=True, slots=True)
class Result:
    """What an agent handed in for an attempt; `size` is the report's in bytes, `digest` that of all it said."""

    attempt: int
    status: str
    summary: str
    size: int = 0
    changed: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    no_change: str = ""
    digest: str = ""

    @property
    def finished(self) -> bool:
        """Tell whether the agent says that the work is done."""
        return self.status in FINISHED_STATUSES


@dataclass(slots=True)
class Task:
    """A task's standing: its attempt counts from 1 over the whole run, its tries within its batch."""

    name: str
    batch: int
    state: TaskState = "pending"
    attempt: int = 0
    tries: int = 0
    result: Result | None = None
    late: Result | None = None
    reason: str = ""

    @property
    def settled(self) -> bool:
        """Tell whether nothing more is expected of it."""
        return self.state in {"done", "failed", "skipped"}

    @property
    def answer(self) -> Result | None:
        """Return what was handed in for the present attempt."""
        return self.result if self.result and self.result.attempt == self.attempt else None


@dataclass(slots=True)
class Batch:
    """A batch's standing."""

    number: int
    tasks: tuple[str, ...]
    state: Literal["planned", "open", "finished"] = "planned"
    started_at: str = ""


@dataclass(frozen=True, slots=True)
class Counts:
    """How many tasks there are of each kind; pending are all those still to be done or under way."""

    tasks: int
    done: int
    failed: int
    skipped: int
    pending: int


@dataclass(slots=True)
class State:
    """Where a run stands."""

    tasks: dict[str, Task]
    batches: dict[int, Batch]
    fence: int = 1
    taken_over_at: str = ""
    synthesized: bool = False
    torn: tuple[int, ...] = field(default=())

    def counts(self) -> Counts:
        """Count the tasks; done + failed + skipped + pending = tasks."""
        states = [task.state for task in self.tasks.values()]
        done, failed, skipped = (states.count(name) for name in ("done", "failed", "skipped"))
        return Counts(len(states), done, failed, skipped, len(states) - done - failed - skipped)

    def next_batch(self) -> Batch | None:
        """Return the first batch that is not finished."""
        return next((batch for _, batch in sorted(self.batches.items()) if batch.state != "finished"), None)

    def of(self, batch: Batch) -> list[Task]:
        """Return the tasks that belong to a batch now; a task tried again belongs to its newest batch."""
        return [self.tasks[name] for name in batch.tasks if self.tasks[name].batch == batch.number]

    def complete(self) -> bool:
        """Tell whether the synthesis was written and no late result waits to be taken in."""
        return self.synthesized and not self.acceptable()

    def acceptable(self) -> list[Task]:
        """Return the tasks that were given up but whose work came in late."""
        waits = (task for task in self.tasks.values() if task.state in {"failed", "skipped"})
        return [task for task in waits if task.late and task.late.finished]

    def to_json(self) -> dict[str, Any]:
        """Return the whole state as plain values."""
        return {**asdict(self), "counts": asdict(self.counts())}


def fold(batches: Mapping[int, Sequence[str]], events: Iterable[Event]) -> State:
    """Replay events over the planned batches; whatever their order, each task stays in exactly one state."""
    tasks = {name: Task(name, number) for number, names in batches.items() for name in names}
    state = State(tasks, {number: Batch(number, tuple(names)) for number, names in batches.items()})
    for one in events:
        act = _ACTS.get(one["event"])
        if act:
            act(state, one)
    return state


def _task(state: State, one: Event) -> Task | None:
    """Return the task that an event is about unless it is done, which nothing undoes."""
    task = state.tasks.get(one.get("task", ""))
    return task if task and task.state != "done" else None


def _batch_started(state: State, one: Event) -> None:
    batch = state.batches.get(one["batch"])
    if batch and batch.state == "planned":
        batch.state, batch.started_at = "open", one["at"]


def _batch_finished(state: State, one: Event) -> None:
    batch = state.batches.get(one["batch"])
    if batch:
        batch.state = "finished"


def _batch_added(state: State, one: Event) -> None:
    names = tuple(name for name in one["tasks"] if name in state.tasks and state.tasks[name].state != "done")
    if one["batch"] in state.batches or not names:
        return
    state.batches[one["batch"]] = Batch(one["batch"], names)
    state.synthesized = False
    for name in names:
        task = state.tasks[name]
        task.batch, task.state, task.tries, task.reason = one["batch"], "pending", 0, ""


def _task_started(state: State, one: Event) -> None:
    task = _task(state, one)
    if task and one["attempt"] > task.attempt:
        task.attempt, task.state = one["attempt"], "running"
        task.tries += 1


def _result(state: State, one: Event) -> None:
    task = _task(state, one)
    if not task:
        return
    found = _read_result(one)
    if one.get("late"):
        task.late = found
        state.synthesized = state.synthesized and not found.finished
    else:
        task.result = found
        task.state = "done" if found.finished else "running"


def _read_result(one: Event) -> Result:
    return Result(
        attempt=one["attempt"],
        status=one["status"],
        summary=one["summary"],
        size=one.get("bytes", 0),
        changed=tuple(one.get("changed", ())),
        evidence=tuple(one.get("evidence", ())),
        no_change=one.get("no_change", ""),
        digest=one.get("digest", ""),
    )


def _result_accepted(state: State, one: Event) -> None:
    task = _task(state, one)
    if task and task.late:
        task.result, task.late, task.state, task.reason = task.late, None, "done", ""
        state.synthesized = False


def _task_failed(state: State, one: Event) -> None:
    task = _task(state, one)
    if task:
        task.state, task.reason = "failed", one["reason"]


def _task_skipped(state: State, one: Event) -> None:
    task = _task(state, one)
    if task and task.state == "pending":
        task.state, task.reason = "skipped", one["reason"]


def _synthesized(state: State, one: Event) -> None:  # noqa: ARG001 - the signature of all acts
    state.synthesized = True


def _taken_over(state: State, one: Event) -> None:
    if one["fence"] > state.fence:
        state.fence, state.taken_over_at = one["fence"], one["at"]


_ACTS: dict[str, Callable[[State, Event], None]] = {
    "batch_started": _batch_started,
    "batch_finished": _batch_finished,
    "batch_added": _batch_added,
    "task_started": _task_started,
    "result": _result,
    "result_accepted": _result_accepted,
    "task_failed": _task_failed,
    "task_skipped": _task_skipped,
    "synthesized": _synthesized,
    "taken_over": _taken_over,
}
