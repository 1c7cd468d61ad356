"""Runs that the agents of a host carry out, as their reader looks at them, from the journal."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any

from batchpack.errors import BrokenFile
from batchpack.metrics.links import Shelf
from batchpack.metrics.values import Attempt, End, Link, Record, Task
from batchpack.runs import journal
from batchpack.runs.journal import Event
from batchpack.runs.state import FINISHED_STATUSES, State
from batchpack.runs.state import Task as Standing
from batchpack.runs.store import Run

ENDS: dict[str, End] = {"done": "done", "failed": "failed", "skipped": "skipped"}
SETTLING = {"result_accepted", "task_failed", "task_skipped"}


def read(run: Run) -> Record:
    """Read a run; nobody measured what its agents used. Raises BrokenFile."""
    try:
        return _Reader(run).record()
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
        raise BrokenFile(run.journal, f"an event does not say what it must: {error}") from error


class _Reader:
    """Reads one run."""

    def __init__(self, run: Run) -> None:
        self.run, self.state = run, run.state()
        self.events = journal.read(run.journal).events
        self.last = max(_seconds(one) for one in self.events)
        self.shelf = Shelf(run.folder)

    def record(self) -> Record:
        """Return the whole."""
        facts, state = self.run.facts, self.state
        of_task = defaultdict[str, list[Event]](list)
        for one in self.events:
            of_task[str(one.get("task", ""))].append(one)
        numbers = sorted(state.batches)
        tasks = [self._task(task, of_task[task.name]) for task in state.tasks.values()]
        return Record(
            run=self.run.id, kind="host", name=self.run.plan.request, by=f"the agents of {facts.host or 'a host'}",
            project=str(facts.project), folder=self.run.folder, begun=_seconds(self.events[0]), last=self.last,
            standing="finished" if state.complete() else "not finished",
            groups=tuple(f"Batch {number}" for number in numbers), group_word="batch", tasks=tuple(tasks),
        )  # fmt: skip

    def _task(self, task: Standing, events: Sequence[Event]) -> Task:
        """Return a task."""
        attempts = tuple(self._attempts(task.name, events))
        settling = [_seconds(one) for one in events if one["event"] in SETTLING]
        ends = [attempt.ended for attempt in attempts if attempt.end == "done" and attempt.ended is not None]
        moments = settling or ends if task.state != "done" else ends or settling
        reason = task.reason or (task.result.summary if task.result and not task.result.finished else "")
        return Task(
            name=task.name, title=_does(self.run, task.name), group=f"Batch {task.batch}", state=task.state,
            end=ENDS.get(task.state, "pending"), depends_on=self.run.plan.depends_on.get(task.name, ()),
            after=_before(self.state, task.batch), reason=reason, attempts=attempts,
            settled=moments[-1] if moments and task.settled else None,
        )  # fmt: skip

    def _attempts(self, name: str, events: Sequence[Event]) -> Iterable[Attempt]:
        """Yield the attempts of a task; one that handed in nothing has no end on record."""
        starts: list[Event | None] = [one for one in events if one["event"] == "task_started"]
        results = {one["attempt"]: one for one in events if one["event"] == "result" and not one.get("late")}
        for start, following in pairwise([*starts, None]):
            if start is not None:
                last = _seconds(following) if following else self._over(events)
                yield self._attempt(name, start, results.get(start["attempt"]), last, newest=following is None)

    def _attempt(self, name: str, start: Event, result: Event | None, last: float, *, newest: bool) -> Attempt:
        """Return an attempt, from its start to its result."""
        number = start["attempt"]
        ended = _seconds(result) if result else None
        status = str(result["status"]) if result else ""
        end = "done" if status in FINISHED_STATUSES else status.lower().replace("_", " ") or "nothing handed in"
        return Attempt(
            number=number, begun=_seconds(start), ended=ended, last=last if ended is None else ended, end=end,
            reason=str(result.get("summary", "")) if result and end != "done" else "", executor="host", agent=name,
            links=self._links(name, number, newest=newest),
        )  # fmt: skip

    def _over(self, events: Sequence[Event]) -> float:
        """Return when a task was given up, else the run's last moment."""
        failed = [_seconds(one) for one in events if one["event"] == "task_failed"]
        return failed[-1] if failed else self.last

    def _links(self, name: str, number: int, *, newest: bool) -> tuple[Link, ...]:
        """Return what there is to read on about an attempt."""
        report = f"results/{name}.md" if newest else f"results/{name}.attempt{number}.md"
        return self.shelf.links({"prompt": f"prompts/{name}.md", "report": report})


def _does(run: Run, name: str) -> str:
    """Return what a role hands in."""
    role = run.facts.roles.get(name)
    return str(role.does) if role else ""


def _before(state: State, number: int) -> tuple[str, ...]:
    """Return the tasks of the batch before, all of which a batch waits for."""
    earlier = [one for one in state.batches if one < number]
    return state.batches[max(earlier)].tasks if earlier else ()


def _seconds(one: Any) -> float:
    """Return the moment of an event in seconds since the epoch."""
    return datetime.fromisoformat(one["at"]).timestamp()
