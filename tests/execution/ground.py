"""The parts of an execution over a run of shell tasks, without a loop that drives them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from batchpack import manager
from batchpack.execution.context import Context
from batchpack.execution.facts import Facts, Options
from batchpack.execution.journal import Draft, Event, Journal
from batchpack.execution.noting import Notes
from batchpack.execution.recorder import Recorder
from batchpack.execution.schedule import Schedule
from batchpack.execution.state import fold
from batchpack.execution.store import WorkRun
from batchpack.workplan import codec, digest
from batchpack.workplan.values import WorkPlan, WorkTask

RUN = "20260102T030405-a1b2"


def task(name: str, *depends_on: str, **more: Any) -> WorkTask:
    """Make a task that is a command."""
    return WorkTask(name, name.upper(), command=more.pop("command", "true"), depends_on=depends_on, **more)


def make_run(base: Path, tasks: Iterable[WorkTask], **options: Any) -> WorkRun:
    """Write the folder of a run that began, without worktrees."""
    import json

    plan = WorkPlan("proof", tuple(tasks), worktrees=False)
    folder = base / ".batchpack" / "runs" / RUN
    folder.mkdir(parents=True)
    facts = Facts(RUN, base, "2026-01-02T03:04:05.000Z", digest.plan_hash(plan), options=Options(**options))
    (folder / "run.json").write_text(json.dumps(facts.to_json()))
    (folder / "plan.json").write_text(json.dumps(codec.to_json(plan)))
    run = WorkRun(folder)
    write(run, Draft("run_started", facts={"base": ""}))
    return run


def write(run: WorkRun, *drafts: Draft) -> None:
    """Append events to a run's journal."""
    journal = Journal(run.journal)
    journal.append(*drafts)
    journal.close()


class Parts:
    """A context to use in `async with`; `told` are the events that were written."""

    def __init__(self, run: WorkRun, *drafts: Draft) -> None:
        self.run, self.told = run, list[Event]()
        if drafts:
            write(run, *drafts)

    async def __aenter__(self) -> Context:
        """Put the parts together."""
        registry = manager.load()
        plan = self.run.plan
        self._journal = Journal(self.run.journal)
        state = fold((one.id for one in plan.tasks), self._journal.since())
        changed = asyncio.Event()
        self.context = Context(
            run=self.run,
            recorder=Recorder(self._journal, state, self.told.append, changed.set),
            state=state,
            session=registry.engines["local"].open(self.run.folder, self.run.id),
            schedule=Schedule(plan),
            tasks={one.id: one for one in plan.tasks},
            executors={"shell": registry.executors["shell"]},
            repository=None,
            content_roots=registry.content_roots,
            notes=Notes(None, None, lambda _: None),
            changed=changed,
        )
        return self.context

    async def __aexit__(self, *_: object) -> None:
        """Close them."""
        await self.context.recorder.flush()
        await self.context.settle_background()
        await self.context.session.close(stop_running=True)
        self._journal.close()
