"""What becomes of tasks, told to the format that the plan came from, beside all else."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from batchpack.errors import BatchpackError
from batchpack.execution.journal import Event
from batchpack.execution.state import State
from batchpack.source import Source
from batchpack.workplan.values import Noted, NotedState

STATES: dict[str, NotedState] = {
    "attempt_started": "in_progress", "merged": "merged", "abandoned": "abandoned",
}  # fmt: skip
JUDGED: dict[str, NotedState] = {"verified": "verified", "failed": "failed"}


class Notes:
    """Writes notes one after another in a thread; one that cannot be written is told, and the run goes on."""

    def __init__(self, source: Source | None, path: Path | None, warn: Callable[[str], None]) -> None:
        self._source, self._path, self._warn = source, path, warn
        self._waiting: list[Noted] = []
        self._writer: asyncio.Task[None] | None = None

    def paths(self) -> tuple[Path, ...]:
        """Return the files and folders that notes are written to."""
        return self._source.notes(self._path) if self._source and self._path else ()

    def take(self, event: Event, state: State) -> None:
        """Note what an event means for its task, if it means something there."""
        found = noted(event, state)
        if found is None or self._source is None or self._path is None:
            return
        self._waiting.append(found)
        if self._writer is None:
            self._writer = asyncio.create_task(self._write())

    def again(self, state: State) -> None:
        """Note once more what is settled: a crash may have come before its note."""
        for task in state.tasks.values():
            if task.status in {"verified", "merged", "abandoned"}:
                self.take(Event(0, "", "settled", task.name, task.number, {"state": task.status}), state)

    async def flush(self) -> None:
        """Wait until all is written."""
        if self._writer is not None:
            await self._writer

    async def _write(self) -> None:
        """Write what waits."""
        while self._waiting:
            waiting, self._waiting = self._waiting, []
            await asyncio.to_thread(self._write_now, waiting)
        self._writer = None

    def _write_now(self, waiting: list[Noted]) -> None:
        """Write some notes; blocks."""
        if self._source is None or self._path is None:
            return
        for one in waiting:
            try:
                self._source.note(self._path, one)
            except BatchpackError as error:
                self._warn(f"what became of {one.task} could not be noted: {error.message}")


def noted(event: Event, state: State) -> Noted | None:
    """Return what an event says of its task; None for one that says nothing to others."""
    facts = event.facts
    given = facts.get("state") if event.name in {"merge_failed", "settled"} else JUDGED.get(facts.get("verdict", ""))
    to: NotedState | None = STATES.get(event.name) or given
    if to is None or event.task not in state.tasks:
        return None
    task = state.tasks[event.task]
    tree = task.worktree or {}
    return Noted(
        task=event.task,
        state=to,
        attempt=event.attempt,
        worktree=Path(tree["path"]) if tree else None,
        branch=str(tree.get("branch", "")),
        commit=task.commit,
        error={
            "type": facts.get("kind") or to,
            "attempt": event.attempt,
            "message": facts.get("reason") or task.reason,
        },
    )
