"""Starting and finishing batches: one orchestrator at a time, each step decided from the journal."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from batchpack.errors import BatchpackError, Unwritable
from batchpack.files import read_text, write_atomic
from batchpack.runs import joblog, journal, newest, prompts, report
from batchpack.runs.prompts import Job
from batchpack.runs.state import Batch, State, Task
from batchpack.runs.store import Run

TRIES = 2
"""How often a task is tried in one batch."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a batch stands after an act: `call` are the agents to start now, `state` is the whole run's."""

    state: State
    batch: Batch
    call: tuple[Job, ...] = ()


def check_fence(run: Run, state: State, fence: int) -> None:
    """Refuse an orchestrator whose run was taken over by another."""
    if fence == state.fence:
        return
    if fence > state.fence:
        raise BatchpackError(f"run {run.short} was never given fence {fence}", f"its fence is {state.fence}")
    raise BatchpackError(
        f"run {run.short} was taken over by another session at {state.taken_over_at}; nothing was done",
        f"leave it to that session, or take it over again: batchpack resume {run.short}",
    )


def _batch(run: Run, state: State, number: int) -> Batch:
    """Return a batch by number."""
    if number not in state.batches:
        raise BatchpackError(f"run {run.short} has no batch {number}", f"its batches: 1 to {max(state.batches)}")
    return state.batches[number]


def start(run: Run, number: int, fence: int, roots: Sequence[Path]) -> Standing:
    """Start the next batch: prompts first, then the journal line that makes it begun; one caller wins."""
    with run.locked():
        state = run.state()
        check_fence(run, state, fence)
        batch = _batch(run, state, number)
        _check_startable(run, state, batch)
        jobs = beginnings(state, batch)
        for job in jobs:
            keep_report(run, job.task)
        prompts.write(run, state, jobs, roots)
        state = run.record(
            journal.event("batch_started", batch=number, fence=fence), *(started(job, fence) for job in jobs)
        )
        return Standing(state, state.batches[number], tuple(jobs))


def beginnings(state: State, batch: Batch) -> list[Job]:
    """Return the attempts of a batch still to begin; a task of an earlier batch is told what went wrong there."""
    return [Job(task, task.attempt + 1, problem(task)) for task in state.of(batch) if task.state == "pending"]


def _check_startable(run: Run, state: State, batch: Batch) -> None:
    """Refuse a batch that is finished, begun, or not yet next."""
    following = state.next_batch()
    if batch.state == "open":
        raise BatchpackError(
            f"batch {batch.number} was started at {batch.started_at} already, perhaps by another session",
            f"if that session is gone, take the run over: batchpack resume {run.short}",
        )
    if following is None or batch.state == "finished":
        raise BatchpackError(f"batch {batch.number} is finished already", f"go on with: batchpack resume {run.short}")
    if following.number != batch.number:
        raise BatchpackError(
            f"batch {following.number} comes before batch {batch.number}",
            f"go on with: batchpack batch {'finish' if following.state == 'open' else 'start'} "
            f"{run.short} {following.number}",
        )


def started(job: Job, fence: int) -> journal.Event:
    """Say that a task's attempt begins."""
    return journal.event("task_started", task=job.task.name, batch=job.task.batch, attempt=job.attempt, fence=fence)


def finish(run: Run, number: int, fence: int, roots: Sequence[Path], *, final: bool) -> Standing:
    """Close a batch when all its tasks are settled; else try those again that failed, once.

    `final` says that the second tries are over, so that what is still missing failed. Without it a repeated call
    changes nothing.
    """
    with run.locked():
        state = run.state()
        check_fence(run, state, fence)
        batch = _batch(run, state, number)
        if batch.state == "planned":
            raise BatchpackError(
                f"batch {number} was not started", f"start it with: batchpack batch start {run.short} {number}"
            )
        if batch.state == "finished":
            return Standing(state, batch)
        return _settle(run, state, batch, fence, roots, final)


def _settle(run: Run, state: State, batch: Batch, fence: int, roots: Sequence[Path], final: bool) -> Standing:
    """Try again what may be, wait for what is under way, and close the batch when nothing is left."""
    unsettled = [task for task in state.of(batch) if not task.settled]
    again = [task for task in unsettled if task.tries < TRIES]
    spent = [task for task in unsettled if task.tries >= TRIES and (final or task.answer)]
    if again:
        return _try_again(run, state, batch, again, fence, roots)
    if spent:
        state = run.record(*(_given_up(run, task) for task in spent))
    waiting = waiting_jobs(state, batch)
    return Standing(state if waiting else close(run, state, batch), batch, tuple(waiting))


def waiting_jobs(state: State, batch: Batch) -> list[Job]:
    """Return the attempts of a batch that were begun and of which nothing has come."""
    return [Job(task, task.attempt) for task in state.of(batch) if task.state == "running" and not task.answer]


def _try_again(
    run: Run, state: State, batch: Batch, tasks: Sequence[Task], fence: int, roots: Sequence[Path]
) -> Standing:
    """Begin the second try of tasks, each told what went wrong."""
    jobs = [Job(task, task.attempt + 1, problem(task)) for task in tasks]
    for task in tasks:
        keep_report(run, task)
    prompts.write(run, state, jobs, roots)
    return Standing(run.record(*(started(job, fence) for job in jobs)), batch, tuple(jobs))


def problem(task: Task) -> str:
    """Say what its agent did with a task's present attempt, as the rest of a sentence; nothing before the first."""
    answer = task.answer
    if answer is None:
        return "handed in nothing" if task.attempt else ""
    return f'ended with {answer.status}, "{answer.summary}"'


def keep_report(run: Run, task: Task) -> None:
    """Keep the report of an attempt under its own name before the next one takes its place."""
    if task.answer is None:
        return
    try:
        for path in (run.report(task.name), run.envelope(task.name)):
            kept = run.kept(task.name, task.attempt).with_suffix(path.suffix)
            if path.exists() and not kept.exists():
                shutil.copyfile(path, kept)
    except OSError as error:
        raise Unwritable(run.folder / "results", error.strerror or str(error)) from error


def _given_up(run: Run, task: Task) -> journal.Event:
    """Say that a task is given up; work of it that came in late counts rather than nothing."""
    if task.late and task.late.finished:
        return accept(run, task)
    answer, before = task.answer, task.result
    reason = f"{answer.status}: {answer.summary}" if answer else "handed in nothing"
    if before and not answer:
        reason += f"; the attempt before ended with {before.status}: {before.summary}"
    return journal.event("task_failed", task=task.name, attempt=task.attempt, reason=reason)


def accept(run: Run, task: Task) -> journal.Event:
    """Put a late report in its place, the one there being kept, and say that it counts."""
    keep_report(run, task)
    for path in (run.report(task.name), run.envelope(task.name)):
        write_atomic(path, read_text(run.late(task.name).with_suffix(path.suffix)))
    return journal.event("result_accepted", task=task.name)


def close(run: Run, state: State, batch: Batch) -> State:
    """Skip what depends on failures, write a batch's results, and pass over batches of which nothing is left."""
    skipped = skips(run, state)
    if skipped:
        state = run.record(*skipped)
    later = (other for other in state.batches.values() if other.state == "planned")
    closing = [batch, *(other for other in later if all(task.settled for task in state.of(other)))]
    for one in closing:
        report.write(run, state, one)
        newest.copy(run, run.batch_results(one.number))
    joblog.write(run)
    return run.record(*(journal.event("batch_finished", batch=one.number) for one in closing))


def skips(run: Run, state: State) -> list[journal.Event]:
    """Say which pending tasks cannot be done because one that they need, directly or not, was given up."""
    lost = {task.name for task in state.tasks.values() if task.state in {"failed", "skipped"}}
    found: dict[str, str] = {}
    for batch in sorted(state.batches.values(), key=lambda batch: batch.number):
        for task in state.of(batch):
            missing = [name for name in run.plan.depends_on.get(task.name, ()) if name in lost]
            if task.state == "pending" and missing:
                found[task.name] = f"it needs {', '.join(missing)}"
                lost.add(task.name)
    return [journal.event("task_skipped", task=name, reason=reason) for name, reason in found.items()]
