"""The critical path as it really ran: from the task that ended last, back along what each began after."""

from __future__ import annotations

from dataclasses import dataclass

from batchpack.metrics.values import Record, Task


@dataclass(frozen=True, slots=True)
class Step:
    """One task of the path, in seconds: waited to begin, worked in attempts, between them, and for its merge.

    `behind` is the task whose end it began after, empty for the first. The four together are the time from that end
    (for the first: from the start of the run) to this task's end.
    """

    task: Task
    behind: str
    waited: float
    worked: float
    between: float
    merging: float

    @property
    def seconds(self) -> float:
        """Return the whole time."""
        return self.waited + self.worked + self.between + self.merging


def path(record: Record) -> list[Step]:
    """Return the path, first task first; its steps together span the time from the run's start to its last end.

    Empty where no task came to an end.
    """
    ended = {task.name: task for task in record.tasks if task.settled is not None and task.attempts}
    if not ended:
        return []
    task = max(ended.values(), key=_end)
    found = list[Step]()
    while True:
        before = _before(task, ended)
        found.append(_step(task, before, record.begun))
        if before is None:
            return found[::-1]
        task = before


def _end(task: Task) -> float:
    """Return when a task was settled."""
    return task.settled or 0.0


def _before(task: Task, ended: dict[str, Task]) -> Task | None:
    """Return the task that was settled last of those this one waited for, as long as time goes forward."""
    first = task.attempts[0].begun
    known = [ended[name] for name in task.after if name in ended and name != task.name]
    return max((one for one in known if _end(one) <= first and _end(one) < _end(task)), key=_end, default=None)


def _step(task: Task, before: Task | None, begun: float) -> Step:
    """Split the time from the end of one task to the end of the next."""
    origin = _end(before) if before is not None else begun
    end = max(_end(task), origin)
    at, worked, between, waited = origin, 0.0, 0.0, 0.0
    for number, attempt in enumerate(task.attempts):
        start = min(max(attempt.begun, at), end)
        stop = min(max(attempt.last, start), end)
        if number:
            between += start - at
        else:
            waited = start - at
        worked += stop - start
        at = stop
    return Step(task, before.name if before else "", waited, worked, between, end - at)
