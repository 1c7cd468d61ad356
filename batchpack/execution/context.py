"""What all parts of an execution share: the run, its journal and state, and those who do the work."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from batchpack.engine import Session
from batchpack.execution.facts import Options
from batchpack.execution.journal import Draft
from batchpack.execution.noting import Notes
from batchpack.execution.recorder import Recorder
from batchpack.execution.schedule import Schedule
from batchpack.execution.state import State
from batchpack.execution.store import WorkRun
from batchpack.executor import Executor
from batchpack.workplan.values import WorkTask
from batchpack.worktrees.repository import Repository


@dataclass(slots=True)
class Context:
    """The parts of one execution; `changed` is set whenever something happened that may let a task begin.

    `stopping` is 0 as long as tasks may begin, 1 when what runs is waited for, 2 when it is ended.
    """

    run: WorkRun
    recorder: Recorder
    state: State
    session: Session
    schedule: Schedule
    tasks: Mapping[str, WorkTask]
    executors: Mapping[str, Executor]
    repository: Repository | None
    content_roots: tuple[Path, ...]
    notes: Notes
    changed: asyncio.Event
    merge_wanted: asyncio.Event = field(default_factory=asyncio.Event)
    stopping: int = 0
    _background: set[asyncio.Task[object]] = field(default_factory=set)

    def background(self, work: Coroutine[object, object, object]) -> None:
        """Do something beside all else; `settle_background` waits for it."""
        task = asyncio.ensure_future(work)
        self._background.add(task)

    async def settle_background(self) -> None:
        """Wait for what was begun beside all else; raises what went wrong in it."""
        while self._background:
            task = self._background.pop()
            await task

    @property
    def options(self) -> Options:
        """Return what the caller decided."""
        return self.run.facts.options

    def record(self, *drafts: Draft) -> None:
        """Take in events, have them written, and note them where the plan's format keeps notes."""
        for event in self.recorder.record(*drafts):
            self.notes.take(event, self.state)
        self.changed.set()

    def executor_of(self, task: WorkTask) -> Executor:
        """Return the executor of a task: the one it names, the shell for a command, else the run's."""
        return self.executors[executor_name(task, self.options.executor)]


def executor_name(task: WorkTask, default: str) -> str:
    """Return the name of a task's executor; a task that is a command needs no agent."""
    return task.executor or ("shell" if task.command else default)
