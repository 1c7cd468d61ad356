"""The merge queue as a part of an execution: verified work goes in, what becomes of it goes into the journal."""

from __future__ import annotations

import asyncio
import threading
from contextlib import suppress

from batchpack.execution.context import Context
from batchpack.execution.journal import Draft
from batchpack.execution.merger import failure, merger_of
from batchpack.execution.settling import settle
from batchpack.execution.worktree import present
from batchpack.merging.queue import Queue
from batchpack.merging.values import Conflict, Culprit, Entry, Progress
from batchpack.worktrees import trees
from batchpack.worktrees.repository import Repository

AGAIN_SECONDS = 5.0
"""How long to wait before a branch that somebody else holds or has checked out is tried again."""


class Merges:
    """Merges what is verified, one step after another, in a thread of its own."""

    def __init__(self, context: Context, repository: Repository) -> None:
        self.context, self._repository = context, repository
        self.queue = Queue(context.run.journal)
        self._stop = threading.Event()
        self._merger = merger_of(context.run, repository, self.queue, self._stop.is_set)
        self._blocked = self._obstacle = ""
        self._working = False

    async def adopt(self) -> None:
        """Take up what a merger before this one left, and mirror what it had done without coming to say so."""
        await asyncio.to_thread(self._merger.reconcile)
        if self.queue.stuck:  # who goes on with the run has looked at it
            await asyncio.to_thread(self.queue.resume)
        tip = await asyncio.to_thread(self._merger.begin, self.context.run.facts.base)
        for one in self.queue.entries("merged"):
            if self.context.state.tasks[one.task].status == "verified":
                self._merged(one.task, one.commit, one.merge, tip)
        if self.context.state.count("verified"):
            self.context.merge_wanted.set()

    async def run(self) -> None:
        """Merge whenever something is verified, until `stop` is called."""
        while True:
            await self._wanted()
            self.context.merge_wanted.clear()
            if self._stop.is_set():
                return
            self._working = True
            try:
                await self._step()
            finally:
                self._working = False
                self.context.changed.set()

    async def _wanted(self) -> None:
        """Wait until something is verified, or until what was in the way may be gone."""
        again = AGAIN_SECONDS if self._obstacle and not self._blocked else None
        with suppress(TimeoutError):
            await asyncio.wait_for(self.context.merge_wanted.wait(), again)

    def busy(self) -> bool:
        """Tell whether something is being merged or about to be."""
        waiting = self.context.state.count("verified") and not self._blocked
        return self._working or bool(waiting) or self.context.merge_wanted.is_set()

    def stop(self) -> None:
        """End a gate that runs; what it was to decide is decided when the run goes on."""
        self._stop.set()
        self.context.merge_wanted.set()

    def close(self) -> None:
        """Close the queue."""
        self._merger.close()
        self.queue.close()

    async def _step(self) -> None:
        """Put what is verified into the queue and have it settled; only what is on record goes in."""
        await self.context.recorder.flush()
        for entry in self._entries():
            await asyncio.to_thread(self.queue.add, entry)
        if self.queue.entries("ready", "merging"):
            self._take_in(await asyncio.to_thread(self._merger.step, self._stop))

    def _entries(self) -> list[Entry]:
        """Return the work that is verified, as entries."""
        return [
            Entry(
                task.name, self.context.tasks[task.name].title, str(task.worktree["branch"]), task.commit,
                str(task.worktree["base"]), self.context.tasks[task.name].priority, self.context.tasks[task.name].flaky,
            )
            for task in self.context.state.tasks.values()
            if task.status == "verified" and task.worktree is not None
        ]  # fmt: skip

    def _take_in(self, progress: Progress) -> None:
        """Write what became of entries into the journal and draw the consequences."""
        for one in progress.merged:
            self._merged(one.task, one.commit, one.merge, one.tip)
        for failed in progress.failures:
            self._failed(failed)
        self._blocked = progress.blocked if progress.stuck else ""
        if progress.blocked and progress.blocked != self._obstacle:
            self.context.record(Draft("paused", facts={"reason": f"merging waits: {progress.blocked}", "merge": True}))
        elif self._obstacle and not progress.blocked:
            self.context.record(Draft("went_on"))
        self._obstacle = progress.blocked

    def _merged(self, task: str, commit: str, merge: str, tip: str) -> None:
        """Note that a task is in, and take its worktree away."""
        number = self.context.state.tasks[task].number
        self.context.record(Draft("merged", task, number, {"commit": commit, "merge": merge, "tip": tip}))
        settle(self.context, task)
        if not self.context.options.keep_worktrees:
            self.context.background(asyncio.to_thread(self._remove, task))

    def _remove(self, task: str) -> None:
        """Take the worktree of a merged task away; nothing of it is lost, since what is loose is salvaged."""
        worktree = present(self._repository, self.context.state.tasks[task])
        if worktree is not None:
            trees.remove(self._repository, worktree, salvage_into=self.context.run.folder / "salvage")

    def _failed(self, one: Conflict | Culprit) -> None:
        """Give work that could not be merged back to its task."""
        number = self.context.state.tasks[one.task].number
        self.context.record(Draft("merge_failed", one.task, number, failure(one)))
        settle(self.context, one.task)
