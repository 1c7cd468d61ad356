"""What the threads of a run share: what they are told, the pace, whether to stop, what was lost, how far they are."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from batchpack.item_runs.values import Options
from batchpack.messages.gate import Gate
from batchpack.pacing import START


class Stopped(Exception):
    """The run ends, or the claim was lost: what is held is given back."""


@dataclass
class Progress:
    """What a run came to so far: tasks by how they ended, calls, unfit answers, what stopped it (empty: nothing)."""

    done: int = 0
    failed: int = 0
    calls: int = 0
    unfit: int = 0
    stopped: str = ""
    errors: list[str] = field(default_factory=list)


class Floor:
    """The state that threads share; `tell` gets a line on each task."""

    def __init__(self, options: Options, tell: Callable[[str], None]) -> None:
        self.options, self.tell, self.progress = options, tell, Progress()
        self.gate = Gate(options.jobs, start=START if options.executor.AGENT else options.jobs)
        self.stop = threading.Event()
        self.lost: set[str] = set()
        self._lock = threading.Lock()

    def end(self, why: str) -> None:
        """Let nobody begin anything more, and stop the calls that run."""
        with self._lock:
            self.progress.stopped = self.progress.stopped or why
        self.stop.set()
        self.gate.close()

    def is_over(self, task: str) -> bool:
        """Tell whether work on a task is to stop: all ends, or its claim was lost."""
        return self.stop.is_set() or task in self.lost

    def count(self, *, done: int = 0, failed: int = 0, calls: int = 0, unfit: int = 0) -> None:
        """Add to the progress."""
        with self._lock:
            self.progress.done += done
            self.progress.failed += failed
            self.progress.calls += calls
            self.progress.unfit += unfit
