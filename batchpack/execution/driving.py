"""A run of work from its folder to its end: the parts are put together, driven, and closed in order."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import closing
from functools import partial
from typing import Any

from batchpack.app import App
from batchpack.errors import BatchpackError, UsageError
from batchpack.execution import control, endings, standing
from batchpack.execution.context import Context, executor_name
from batchpack.execution.facts import BY_HOST
from batchpack.execution.journal import Draft, Journal
from batchpack.execution.merges import Merges
from batchpack.execution.noting import Notes
from batchpack.execution.orchestrator import Orchestrator
from batchpack.execution.recorder import Recorder, Tell
from batchpack.execution.schedule import Schedule
from batchpack.execution.state import State
from batchpack.execution.store import WorkRun
from batchpack.execution.throttle import Throttle
from batchpack.executor import Executor
from batchpack.workplan.values import WorkPlan
from batchpack.worktrees import repository


def executors_for(app: App, plan: WorkPlan, default: str) -> dict[str, Executor]:
    """Return the executors that a plan's tasks need, by name.

    Raises UsageError for tasks without one, and BatchpackError for one that cannot work on this machine.
    """
    names = {executor_name(task, default): task.id for task in plan.tasks}
    if "" in names:
        known = ", ".join(name for name, one in app.registry.executors.items() if one.AGENT)
        raise UsageError(
            f"task {names['']} is for an agent, and nothing says which", f"add --executor with one of: {known}"
        )
    found = {name: app.executor(name) for name in names}
    for name, executor in found.items():
        if missing := executor.missing():
            raise BatchpackError(f"executor {name} cannot work here: {missing}", "install it, or choose another")
    return found


def drive(
    app: App, run: WorkRun, *, tell: Tell, say: Callable[[str], None], resumed: Mapping[str, Any] | None = None
) -> State:
    """Drive a run until all is settled or a stop was asked for; returns where it stands then.

    `resumed` is given for one that was begun before: `again` says that abandoned tasks are to be tried anew, `budget`
    limits that replace those of its start. Raises Busy while another process drives it.
    """
    if run.facts.options.executor == BY_HOST:
        raise BatchpackError(
            f"run {run.short} is carried out by the agents of a host",
            "go on there, with the next batch: batchpack execute-batch begin",
        )
    with run.locked(), closing(Journal(run.journal)) as journal:
        state = run.folded(journal.since())
        if resumed is not None:
            for event in journal.append(Draft("run_resumed", facts=resumed)):
                state.apply(event)
        notes = _notes(app, run.plan, say)
        asyncio.run(_driven(partial(_context, app, run, journal, state, tell, notes), say))
        return state


def _notes(app: App, plan: WorkPlan, say: Callable[[str], None]) -> Notes:
    """Return who tells the plan's format what becomes of its tasks."""
    return Notes(app.registry.sources.get(plan.kind), plan.path, say)


def _context(
    app: App,
    run: WorkRun,
    journal: Journal,
    state: State,
    tell: Tell,
    notes: Notes,
) -> Context:
    """Put the parts together."""
    repo = repository.open_at(run.facts.project) if run.facts.base else None
    done = {"merged"} if repo else {"merged", "verified"}
    schedule = Schedule(run.plan, (name for name, task in state.tasks.items() if task.status in done))
    schedule.withhold(name for name, task in state.tasks.items() if task.status == "verified")
    schedule.drop(name for name, task in state.tasks.items() if task.status == "abandoned")
    changed = asyncio.Event()
    return Context(
        run=run,
        recorder=Recorder(journal, state, tell, changed.set),
        state=state,
        session=app.engine(run.facts.options.engine).open(run.folder, run.id),
        schedule=schedule,
        tasks={task.id: task for task in run.plan.tasks},
        executors=executors_for(app, run.plan, run.facts.options.executor),
        repository=repo,
        content_roots=app.content_roots,
        notes=notes,
        changed=changed,
    )


async def _driven(make: Callable[[], Context], say: Callable[[str], None]) -> None:
    """Let the parts work, and close them in order."""
    context = make()
    merges = Merges(context, context.repository) if context.repository else None
    try:
        with control.signals(context, say):
            async with standing.beating(context):
                await Orchestrator(context, Throttle(context), merges).drive()
    finally:
        await endings.close(context)
        standing.end(context.run, context.state)
        await context.notes.flush()
        if merges is not None:
            merges.close()
