"""A run's merger: made the same way for the run itself and for somebody who merges by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

from batchpack.errors import BatchpackError, Busy
from batchpack.execution.journal import Draft, Journal
from batchpack.execution.state import Task
from batchpack.execution.store import WorkRun
from batchpack.merging.merger import Merger
from batchpack.merging.queue import Queue
from batchpack.merging.values import Conflict, Culprit, Progress, Queued
from batchpack.steps import plain_environment
from batchpack.worktrees import preparing, repository
from batchpack.worktrees.repository import Repository
from batchpack.worktrees.values import Worktree


class Driven(BatchpackError):
    """A run that a process drives at this moment, which merges by itself."""

    def __init__(self, run: WorkRun) -> None:
        super().__init__(
            f"run {run.short} is being driven at this moment and merges by itself",
            f"end it first, with Ctrl-C where it runs or: batchpack cancel {run.short}",
        )


def merger_of(run: WorkRun, repo: Repository, queue: Queue, stop: Callable[[], bool] = lambda: False) -> Merger:
    """Make a run's merger; its worktree is prepared as those of the tasks are, until `stop` says so."""
    plan, folder = run.plan, run.merge_folder

    def prepare(path: Path) -> None:
        preparing.prepare(repo, Worktree(path, "", run.facts.base, path), plan.include, plan.setup, stop)

    return Merger(
        repo.root, run.facts.target, queue, folder / "tree", plan.gate, plan.gate_timeout, folder / "logs",
        plain_environment(), prepare,
    )  # fmt: skip


@contextmanager
def queue_of(run: WorkRun) -> Iterator[Queue]:
    """Open a run's merge queue; raises BatchpackError for a run that merges nothing."""
    if not run.facts.target:
        raise BatchpackError(f"run {run.short} works without worktrees, so it merges nothing")
    with closing(Queue(run.journal)) as queue:
        yield queue


def retry(run: WorkRun, task: str) -> Queued:
    """Have the same work of a task merged once more; raises Driven."""
    with _held(run), queue_of(run) as queue:
        entry = queue.retry(task)
        _record(run, Draft("merge_retried", task))
        return entry


def drop(run: WorkRun, task: str) -> Queued:
    """Have a task's work not merged; the task counts as abandoned, and its branch stays. Raises Driven."""
    with _held(run), queue_of(run) as queue:
        entry = queue.drop(task)
        _record(run, Draft("abandoned", task, facts={"reason": "dropped from the merge queue by hand"}))
        return entry


def merge_now(run: WorkRun, gate: tuple[str, ...] = ()) -> Progress:
    """Merge what is ready in the queue of a run that nobody drives, and note it in its journal; raises Driven.

    `gate` are lines to use instead of the plan's.
    """
    with _held(run), queue_of(run) as queue:
        if queue.stuck:  # who merges by hand has looked at it
            queue.resume()
        before = {one.task for one in queue.entries("merged")}
        merger = merger_of(run, repository.open_at(run.facts.project), queue)
        merger.gate = gate or merger.gate
        progress = merger.step()
        tasks = run.state().tasks
        merged = [one for one in queue.entries("merged") if one.task not in before and one.task in tasks]
        failed = [one for one in progress.failures if one.task in tasks]
        _record(
            run,
            *(_event("merged", tasks[one.task], {"commit": one.commit, "tip": progress.tip}) for one in merged),
            *(_event("merge_failed", tasks[one.task], failure(one)) for one in failed),
        )
        return progress


def failure(one: Conflict | Culprit) -> dict[str, object]:
    """Return the facts of the journal on work that could not be merged."""
    state = "conflict" if isinstance(one, Conflict) else "culprit"
    return {"state": state, "reason": one.reason, "feedback": one.feedback, "others": list(one.others)}


@contextmanager
def _held(run: WorkRun) -> Iterator[None]:
    """Hold a run that nobody drives."""
    with ExitStack() as stack:
        try:
            stack.enter_context(run.locked(0))
        except Busy as error:
            raise Driven(run) from error
        yield


def _event(name: str, task: Task, facts: Mapping[str, object]) -> Draft:
    """Return an event on a task's last attempt."""
    return Draft(name, task.name, task.number, facts)


def _record(run: WorkRun, *drafts: Draft) -> None:
    """Write events into a run's journal."""
    with closing(Journal(run.journal)) as journal:
        journal.append(*drafts)
