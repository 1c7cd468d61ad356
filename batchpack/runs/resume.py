"""Going on with a run that stopped anywhere: the journal says what is done, and that is never done again."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from batchpack.errors import BatchpackError, BrokenFile
from batchpack.runs import batches, journal, prompts, store
from batchpack.runs.prompts import Job
from batchpack.runs.state import State, Task
from batchpack.runs.store import Run


@dataclass(frozen=True, slots=True)
class Resumed:
    """Where a run stands after it was taken over; `accepted` are tasks whose late results count now."""

    state: State
    call: tuple[Job, ...] = ()
    accepted: tuple[str, ...] = ()


class NothingToResume(BatchpackError):
    """A project in which no run waits to be gone on with."""

    def __init__(self, project: Path, failed: Run | None) -> None:
        again = (
            f"try its newest run's failed tasks again: batchpack resume {failed.short} --retry-failed" if failed else ""
        )
        super().__init__(f"no unfinished run in {project}", again or "see the runs there are: batchpack runs")


def newest_unfinished(project: Path, *, retry_failed: bool) -> Run:
    """Return the newest run of a project that is not finished, or that has failed tasks when these are wanted.

    Runs that cannot be read are passed over; raises NothingToResume.
    """
    failed = None
    for folder in reversed(store.of_project(project)):
        with suppress(BrokenFile):
            state = Run(folder).state()
            if not state.complete() or (retry_failed and _given_up(state)):
                return Run(folder)
            failed = failed or (Run(folder) if _given_up(state) else None)
    raise NothingToResume(project, failed)


def resume(run: Run, roots: Sequence[Path], *, retry_failed: bool) -> Resumed:
    """Take a run over and say where it stands; late results come to count, and prompts under way are written anew.

    With `retry_failed`, failed and skipped tasks are opened again in batches behind the last.
    """
    with run.locked():
        state = run.state()
        if state.complete() and not (retry_failed and _given_up(state)):
            return Resumed(state)
        state = run.record(journal.event("taken_over", fence=state.fence + 1))
        accepted = [task.name for task in state.acceptable()]
        if accepted:
            state = run.record(*(batches.accept(run, task) for task in state.acceptable()))
        reopened = _given_up(state) if retry_failed else _possible_again(run, state)
        if reopened:
            state = run.record(*_extra_batches(run, state, reopened))
        state, jobs = _under_way(run, state, roots)
        return Resumed(state, jobs, tuple(accepted))


def _given_up(state: State) -> list[Task]:
    """Return the tasks that failed or were skipped."""
    return [task for task in state.tasks.values() if task.state in {"failed", "skipped"}]


def _possible_again(run: Run, state: State) -> list[Task]:
    """Return the skipped tasks that need nothing any more which was given up."""
    lost = {task.name for task in _given_up(state)}
    open_again: list[Task] = []
    for task in _given_up(state):
        missing = lost.intersection(run.plan.depends_on.get(task.name, ()))
        if task.state == "skipped" and not missing:
            open_again.append(task)
            lost.discard(task.name)
    return open_again


def _extra_batches(run: Run, state: State, tasks: Sequence[Task]) -> list[journal.Event]:
    """Lay tasks into new batches behind the last, each after those it needs, none larger than any before."""
    left = [task.name for task in tasks]
    most = max(len(names) for names in run.plan.batches.values())
    number, found = max(state.batches), []
    while left:
        free = [name for name in left if not set(left).intersection(run.plan.depends_on.get(name, ()))]
        number += 1
        found.append(journal.event("batch_added", batch=number, tasks=(free or left)[:most]))
        left = [name for name in left if name not in found[-1]["tasks"]]
    return found


def _under_way(run: Run, state: State, roots: Sequence[Path]) -> tuple[State, tuple[Job, ...]]:
    """Return the attempts that wait for a result, their prompts written anew; a start cut off midway is completed."""
    batch = state.next_batch()
    if batch is None or batch.state != "open":
        return state, ()
    waiting = [Job(job.task, job.attempt, _cut_off(job.task)) for job in batches.waiting_jobs(state, batch)]
    begun = batches.beginnings(state, batch)
    jobs = (*waiting, *begun)
    prompts.write(run, state, jobs, roots)
    return run.record(*(batches.started(job, state.fence) for job in begun)), jobs


def _cut_off(task: Task) -> str:
    """Say why a task is begun anew, and what its attempt before this one said."""
    said = f', and the one before it ended with {task.result.status}, "{task.result.summary}"' if task.result else ""
    return f"was cut off{said}"
