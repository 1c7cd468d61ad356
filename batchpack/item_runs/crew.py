"""The crew of a run: threads that claim tasks, carry them out and report, until nothing is left."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable
from typing import Any

from batchpack.errors import BatchpackError
from batchpack.item_runs import acting, calling, judging
from batchpack.item_runs.floor import Floor, Progress, Stopped
from batchpack.item_runs.values import Options
from batchpack.messages.gate import Closed
from batchpack.queue import database
from batchpack.queue.claiming import Limited
from batchpack.queue.rows import Refused, StaleClaim
from batchpack.queue.store import SqliteQueue
from batchpack.queue.values import Task

WAIT_SECONDS = 1.0
BEATS = 3
"""Heartbeats in a lease."""


class Crew:
    """Works with several threads, each with a name and a connection of its own."""

    def __init__(self, options: Options, tell: Callable[[str], None]) -> None:
        self.floor, self.options = Floor(options, tell), options
        self._held: dict[str, int] = {}
        self._ended, self._working = threading.Event(), options.jobs
        self._lock = threading.Lock()

    def run(self) -> Progress:
        """Work until nothing is left or something stops it; an interrupt gives back what is held."""
        threads = [
            threading.Thread(target=self._guarded, args=(f"{number:02}",)) for number in range(self.options.jobs)
        ]
        for thread in threads:
            thread.start()
        try:
            self._beat()
        except BaseException:
            self.floor.end("it was interrupted")
            self._ended.wait()  # not by joining: a join that was interrupted takes its thread for ended
            raise
        if not self.floor.progress.unfit:  # what failed can be looked at
            shutil.rmtree(calling.folder_of(self.options), ignore_errors=True)
        if self.floor.progress.errors:
            raise BatchpackError(self.floor.progress.errors[0], "mend that and run it again: what is recorded stays")
        return self.floor.progress

    def _beat(self) -> None:
        """Keep what is held alive until all threads have ended."""
        with SqliteQueue(self.options.folder / database.NAME) as queue:
            while not self._ended.wait(self.options.lease / BEATS):
                for task, token in list(self._held.items()):
                    self._keep(queue, task, token)

    def _keep(self, queue: SqliteQueue, task: str, token: int) -> None:
        """Send a heartbeat; a claim that was lost ends the work on its task."""
        try:
            queue.heartbeat(task, token, lease=self.options.lease)
        except StaleClaim:
            self.floor.lost.add(task)
        except BatchpackError:  # it was ended between the look and the heartbeat, or the disk is busy
            return

    def _guarded(self, slot: str) -> None:
        """Work in a thread; what goes wrong for good ends the run for all."""
        try:
            with SqliteQueue(self.options.folder / database.NAME) as queue:
                self._work(queue, slot)
        except (Closed, Stopped):
            return
        except BatchpackError as error:
            self.floor.progress.errors.append(error.message)
            self.floor.end(error.message)
        except Exception as error:
            self.floor.progress.errors.append(f"{type(error).__name__}: {error}")
            self.floor.end("something unexpected happened")
        finally:
            with self._lock:
                self._working -= 1
                if not self._working:
                    self._ended.set()

    def _work(self, queue: SqliteQueue, slot: str) -> None:
        """Take task after task until none can come any more."""
        while not self.floor.stop.is_set():
            task = self._claim(queue, f"{self.options.worker}.{slot}")
            if task is not None:
                self._one(queue, task, slot)
            elif acting.is_over(queue, self.options):
                return
            else:
                self.floor.stop.wait(WAIT_SECONDS)

    def _claim(self, queue: SqliteQueue, worker: str) -> Task | None:
        """Claim the next task that is of this run's kind; None: there is nothing now."""
        for name in acting.candidates(queue, self.options):
            try:
                return queue.claim(worker, task=name, lease=self.options.lease)
            except Limited:
                return None
            except Refused:
                continue
        return None

    def _one(self, queue: SqliteQueue, task: Task, slot: str) -> None:
        """Carry a task to its report; where the run ends before that it is given back."""
        self._held[task.id] = task.token
        try:
            work: Any = acting.carry_out if self.options.act else judging.carry_out
            failed = work(self.floor, queue, task, slot)
            self.floor.count(done=not failed, failed=failed)
            self.floor.tell(f"{task.id}  {'failed' if failed else 'done'}")
        except StaleClaim as error:
            self.floor.tell(f"{task.id}  {error.message}")
        except (Stopped, Closed):
            if task.id in self.floor.lost and not self.floor.stop.is_set():
                self.floor.tell(f"{task.id}  its claim was lost: another worker has it")
                return
            queue.release(task.id, task.token)
            raise
        except BaseException:
            queue.release(task.id, task.token)
            raise
        finally:
            self._held.pop(task.id, None)
            self.floor.lost.discard(task.id)
