"""A run whose attempts a host's own agents carry out: opened for one act, and closed again."""

from __future__ import annotations

import asyncio
import json
import shlex
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, cast

from batchpack.app import App
from batchpack.errors import BatchpackError
from batchpack.execution import facts, starting
from batchpack.execution import store as work
from batchpack.execution.context import Context
from batchpack.execution.facts import BY_HOST, Options
from batchpack.execution.journal import Draft, Event, Journal
from batchpack.execution.noting import Notes, noted
from batchpack.execution.recorder import Recorder
from batchpack.execution.schedule import Schedule
from batchpack.execution.state import State
from batchpack.execution.store import WorkRun
from batchpack.executor import Answer, Executor, Order
from batchpack.files import write_atomic
from batchpack.runs import store
from batchpack.workplan import digest
from batchpack.workplan.values import WorkPlan
from batchpack.worktrees import repository

if TYPE_CHECKING:
    from batchpack.engine import Session

MOST = 8
"""Most tasks that are named for a next batch."""


class _ByHost:
    """An executor that starts nothing: the host's orchestrator does, with the calls that are printed."""

    NAME, TITLE, AGENT = BY_HOST, "the agents of the host", True

    def missing(self) -> str:
        """Need nothing."""
        return ""

    def launch(self, order: Order) -> NoReturn:
        """Refuse: nothing is launched from here."""
        raise BatchpackError(f"{order.task} is carried out by a host", "go on in the host that began it")

    def read(self, order: Order, out: Path, err: Path, code: int) -> Answer:  # noqa: ARG002 - the signature of executors
        """Return what was handed in."""
        return Answer(out.read_text(errors="replace") if out.is_file() else "")


class _ForAll(dict[str, Executor]):
    """The same executor under every name: in a host a task's own choice has no meaning."""

    def __missing__(self, name: str) -> Executor:
        return _ByHost()


class _Recorder(Recorder):
    """Writes events before it takes them in: each command is a process of its own."""

    def __init__(self, journal: Journal, state: State) -> None:
        super().__init__(journal, state, lambda _: None, lambda: None)

    def record(self, *drafts: Draft) -> list[Event]:
        """Write events and take them in."""
        events = self._journal.append(*drafts)
        for event in events:
            self._state.apply(event)
        return events


class _Notes(Notes):
    """Writes notes at once."""

    def take(self, event: Event, state: State) -> None:
        """Note what an event means for its task."""
        found = noted(event, state)
        if found is not None:
            self._write_now([found])


@contextmanager
def opened(app: App, run: WorkRun) -> Iterator[Context]:
    """Open a run for one act while nobody else changes it; raises Busy."""
    with run.locked(30), closing(Journal(run.journal)) as journal:
        state = run.folded(journal.since())
        settled = [name for name, task in state.tasks.items() if task.status == "merged"]
        yield Context(
            run=run,
            recorder=_Recorder(journal, state),
            state=state,
            session=cast("Session", None),
            schedule=Schedule(run.plan, settled),
            tasks={task.id: task for task in run.plan.tasks},
            executors=_ForAll(),
            repository=repository.open_at(run.facts.project),
            content_roots=app.content_roots,
            notes=_Notes(app.registry.sources.get(run.plan.kind), run.plan.path, _no_note),
            changed=asyncio.Event(),
        )


def repository_of(context: Context) -> repository.Repository:
    """Return the repository that a hosted run always has; without one no agent's work is isolated."""
    if context.repository is None:
        raise BatchpackError("this run has no repository", "begin the batch in a git repository")
    return context.repository


def find(app: App, word: str, project: Path | None) -> WorkRun:
    """Return the run that a word means; raises BatchpackError for one that no host carries out."""
    run = work.find(word, app.project(project))
    if run.facts.options.executor != BY_HOST:
        raise BatchpackError(f"run {run.short} is carried out by `batchpack run`", f"see: batchpack status {run.short}")
    return run


def _no_note(text: str) -> None:
    """Raise what could not be noted: whoever calls decides."""
    raise BatchpackError(text, "what was done is safe in the run; mend the reason and give the command again")


def run_of(plan: WorkPlan, project: Path, worktree_dir: Path | None, *, shared: bool = False) -> WorkRun:
    """Return the run that carries out a plan for a host: the newest of it, else a new one.

    When the plan was changed since, the new run goes on with the branch on which the earlier one brought its work
    together. `shared` says that others write in the main tree meanwhile, from now on.
    """
    earlier = next(_earlier(plan, project), None)
    if earlier is not None and earlier.facts.plan_hash == digest.plan_hash(plan):
        return _shared(earlier) if shared and earlier.facts.options.strict else earlier
    into = earlier.facts.target.removeprefix("refs/heads/") if earlier is not None else ""
    options = Options(executor=BY_HOST, halt="never", strict=not shared)
    return starting.create(plan, options, project=project, worktree_dir=worktree_dir, into=into)


def _shared(run: WorkRun) -> WorkRun:
    """Settle that attempts of a run do not fail for changes in the main tree."""
    found = replace(run.facts, options=replace(run.facts.options, strict=False))
    with run.locked(30):
        write_atomic(run.folder / "run.json", json.dumps(found.to_json(), indent=1, ensure_ascii=False) + "\n")
    return WorkRun(run.folder)


def going_on(run: WorkRun, state: State) -> str:
    """Say how to go on with a run: its open batch is ended, else what can be done next is begun."""
    running = [name for name, task in state.tasks.items() if task.runs]
    if running:
        return f"End the batch that is begun: batchpack execute-batch end {run.short} --task-ids {','.join(running)}"
    done = {name for name, task in state.tasks.items() if task.status in {"verified", "merged"}}
    ready = [
        task.id
        for task in run.plan.tasks
        if state.tasks[task.id].status in {"pending", "failed", "conflict", "culprit"}
        and done.issuperset(task.depends_on)
    ][:MOST]
    if not ready:
        return f"Nothing of it can be begun. Merge what is ready: batchpack merge run {run.short}"
    path = shlex.quote(str(run.plan.path))
    return f"Begin the next batch: batchpack execute-batch begin --tasks-path {path} --task-ids {','.join(ready)}"


def _earlier(plan: WorkPlan, project: Path) -> Iterator[WorkRun]:
    """Yield the runs of a plan's file or folder that a host carries out, the newest first."""
    for folder in reversed(store.of_project(project)):
        if facts.is_work(folder):
            run = WorkRun(folder)
            if run.facts.options.executor == BY_HOST and run.plan.path == plan.path:
                yield run
