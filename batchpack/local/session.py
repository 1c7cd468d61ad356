"""A session of the local engine: submits attempts, hears of their ends, adopts those of a session before it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

from batchpack.engine import ENDED, Attempt, Status
from batchpack.errors import BatchpackError, Unwritable, UsageError
from batchpack.files import locked
from batchpack.local import records
from batchpack.local.bell import Bell
from batchpack.local.starter import Starter
from batchpack.local.store import Store
from batchpack.local.watch import ADOPT_SECONDS, Watched

LOOK_SECONDS = 1.0
"""Every so often all are looked at: a keeper that was killed rings no bell."""
CLOSE_SECONDS = 60.0
JOURNAL, ATTEMPTS = "journal.sqlite", "attempts"


class LocalSession:
    """The attempts of one run on this machine; one session at a time, used from one event loop.

    An end counts as taken when its receiver comes back for more: until then it would be told again by the next
    session, so that nothing is missed where the receiver dies with it in hand.
    """

    def __init__(self, folder: Path, run: str) -> None:
        """Open a run's attempts. Raises Busy where another session has them, Unwritable, BrokenFile."""
        self._run, self._journal = run, folder.resolve() / JOURNAL
        self._attempts = folder.resolve() / ATTEMPTS
        self._watched: dict[str, Watched] = {}
        self._ended: list[Status] = []
        self._told: list[Status] = []
        self._taken: list[Status] = []
        self._waiting: list[tuple[Attempt, asyncio.Future[None]]] = []
        self._writer: asyncio.Task[None] | None = None
        self._looked = 0.0
        with contextlib.ExitStack() as opened:
            opened.enter_context(locked(self._attempts / ".session", f"run {run}", LOOK_SECONDS))
            self._store = Store(self._journal)
            opened.callback(self._store.close)
            self._bell = Bell(self._attempts / ".bell")
            opened.callback(self._bell.close)
            self._adopt()
            self._starter = Starter(self._attempts)
            self._opened = opened.pop_all()

    def _adopt(self) -> None:
        """Watch what a session before this one left."""
        for attempt_id, task, number in self._store.unfinished():
            found = Watched(attempt_id, self._folder(task, number), patience=ADOPT_SECONDS)
            found.folder.mkdir(parents=True, exist_ok=True)
            self._watched[attempt_id] = found

    def _folder(self, task: str, number: int) -> Path:
        """Return the folder of an attempt."""
        return self._attempts / f"{task}-{number}"

    async def submit(self, attempt: Attempt) -> None:
        """Begin an attempt; durable when it returns, nothing happens for an id that is there already.

        Raises UsageError for an id that does not fit, Unwritable, Busy, and BatchpackError for a folder in its way.
        """
        if attempt.id != f"{self._run}.{attempt.task}.{attempt.number}" or "/" in attempt.task:
            raise UsageError(f"attempt {attempt.id!r} does not belong to run {self._run}", "use run.task.number")
        if attempt.id in self._watched or self._store.has(attempt.id):
            return
        self._prepare(attempt)
        done = asyncio.get_running_loop().create_future()
        self._waiting.append((attempt, done))
        if self._writer is None:
            self._writer = asyncio.create_task(self._write())
        await asyncio.shield(done)

    def _prepare(self, attempt: Attempt) -> None:
        """Make the folder of an attempt; one that holds an attempt already, unknown to the journal, is refused."""
        folder = self._folder(attempt.task, attempt.number)
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise Unwritable(folder, error.strerror or str(error)) from error
        used = any(records.present(str(folder), name) for name in (records.KEEPER, records.VERDICT, records.CANCEL))
        if used or folder.is_symlink():
            raise BatchpackError(
                f"{folder} holds an attempt that the run's journal does not know", "move it away and resume the run"
            )

    async def _write(self) -> None:
        """Write waiting attempts, all that there are in one transaction, and have them begun."""
        try:
            while self._waiting:
                batch, self._waiting = self._waiting, []
                await self._write_together(batch)
        finally:
            self._writer = None

    async def _write_together(self, batch: list[tuple[Attempt, asyncio.Future[None]]]) -> None:
        """Write some attempts and tell those who wait for it."""
        ends, self._taken = self._taken, []
        try:
            fresh = await asyncio.to_thread(self._store.write, [attempt for attempt, _ in batch], ends)
        except BaseException as error:
            self._taken += ends
            for _, done in batch:
                _fail(done, error)
            if not isinstance(error, Exception):
                raise
            return
        for attempt, done in batch:
            if attempt.id in fresh:
                fresh.discard(attempt.id)
                self._begin(attempt)
            if not done.done():
                done.set_result(None)

    def _begin(self, attempt: Attempt) -> None:
        """Hand an attempt to the server; where that has died it is replaced when all are looked at next."""
        folder = self._folder(attempt.task, attempt.number)
        order = self._order(attempt, folder)
        self._watched[attempt.id] = Watched(attempt.id, folder, order)
        self._starter.send(order)

    def _order(self, attempt: Attempt, folder: Path) -> dict[str, Any]:
        """Return an attempt in the keeper's words."""
        return {
            "folder": str(folder),
            "argv": list(attempt.argv),
            "cwd": str(attempt.cwd),
            "env": dict(attempt.env),
            "stdin": str(attempt.stdin) if attempt.stdin else None,
            "timeout": attempt.timeout,
            "limit": attempt.output_limit,
            "wake": str(self._bell.path),
        }

    async def snapshot(self) -> dict[str, Status]:
        """Return every attempt of the run by id; after a restart this is the only source of truth."""
        known = await asyncio.to_thread(self._store.all)
        unwritten = {status.id: status for status in (*self._taken, *self._told, *self._ended)}
        return {row.id: self._now(row, self._folder(task, number), unwritten) for row, task, number in known}

    def _now(self, row: Status, folder: Path, unwritten: dict[str, Status]) -> Status:
        """Return how an attempt stands whose row says this."""
        if row.id in unwritten:
            return unwritten[row.id]
        if row.state in ENDED:
            return replace(row, out=folder / "out", err=folder / "err")
        watched = self._watched.get(row.id) or Watched(row.id, folder)
        return watched.present()

    async def changed(self, timeout: float) -> list[Status]:
        """Wait until attempts end, at most `timeout` seconds; return those that ended and were not returned before.

        Raises Unwritable where a lost attempt cannot be recorded.
        """
        self._taken, self._told = [*self._taken, *self._told], []
        end = time.monotonic() + timeout
        while True:
            if time.monotonic() - self._looked >= LOOK_SECONDS:
                await self._look_at_all()
            else:
                self._take(self._rung())
            left = end - time.monotonic()
            if self._ended or left <= 0:
                self._told, self._ended = self._ended, []
                return list(self._told)
            await self._bell.wait(min(left, LOOK_SECONDS))

    def _rung(self) -> list[Watched]:
        """Return those whose keepers rang; what else was written to the bell is nobody."""
        names = self._bell.heard()
        return [one for one in self._watched.values() if names is None or one.folder.name in names]

    def _take(self, looked_at: Iterable[Watched]) -> None:
        """Take the ends among some attempts, which are watched no more."""
        for one in looked_at:
            if (status := one.ended()) is not None:
                self._note(status)

    def _note(self, status: Status) -> None:
        """Keep an end until somebody asks for what changed, even if the one who asks just now gives up."""
        del self._watched[status.id]
        self._ended.append(status)

    async def _look_at_all(self) -> None:
        """Look at each attempt, bury the dead, replace a dead server."""
        self._looked = time.monotonic()
        self._bell.heard()
        self._take(list(self._watched.values()))
        for one in [one for one in self._watched.values() if one.dead()]:
            if (status := await asyncio.to_thread(one.bury)) is not None:
                self._note(status)
        if not self._starter.alive():
            self._starter.replace()
            for one in self._watched.values():
                if one.order is not None:
                    self._starter.send(one.order)

    async def cancel(self, attempt_id: str) -> None:
        """Ask for the end of an attempt and all its processes; its last state comes through `changed`."""
        if attempt_id in self._watched:
            self._watched[attempt_id].cancel()

    def log(self, attempt_id: str, stream: Literal["out", "err"], offset: int, size: int = 65536) -> bytes:
        """Return a piece of what an attempt wrote, also while it runs; empty at its present end."""
        task, _, number = attempt_id.removeprefix(f"{self._run}.").rpartition(".")
        if not attempt_id.startswith(f"{self._run}.") or "/" in task or not number.isdigit():
            return b""
        try:
            handle = os.open(self._folder(task, int(number)) / stream, os.O_RDONLY | records.OPEN)
        except OSError:
            return b""
        try:
            return os.pread(handle, size, offset)
        finally:
            os.close(handle)

    async def close(self, *, stop_running: bool) -> None:
        """End the session; False leaves what runs to run on, to be adopted by the next session."""
        try:
            if self._writer is not None:
                await self._writer
            if stop_running:
                await self._stop_all()
            await asyncio.to_thread(self._store.write, [], self._taken)
        finally:
            with self._opened:
                self._starter.close()

    async def _stop_all(self) -> None:
        """Cancel all and wait for their ends, which the next session will tell."""
        for one in self._watched.values():
            one.cancel()
        end = time.monotonic() + CLOSE_SECONDS
        while self._watched and time.monotonic() < end:
            await self._look_at_all()
            await self._bell.wait(LOOK_SECONDS if self._watched else 0)


def _fail(done: asyncio.Future[None], error: BaseException) -> None:
    """Tell one who waits that it could not be."""
    if not done.done():
        done.set_exception(error if isinstance(error, Exception) else asyncio.CancelledError())
