"""The merger: the only one who moves the branch that a run's work is collected on, and who calls work merged."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from batchpack import steps
from batchpack.errors import Busy
from batchpack.merging.gate import Gate, Stopped
from batchpack.merging.ground import Ground
from batchpack.merging.queue import Queue, Settled
from batchpack.merging.settling import Blocked, Settling
from batchpack.merging.target import Target
from batchpack.merging.values import Merged, Progress

GATE_SECONDS = 1800.0


@dataclass(slots=True)
class Merger:
    """Merges what is ready in a queue into a branch of a repository, past a gate.

    `target_ref` is the whole name of the branch (`refs/heads/…`), which nobody may have checked out. `gate` are lines
    for the shell, each with `gate_timeout` seconds, run in a worktree of the merger's own at `work`; without any,
    nothing is run. `logs` is a folder for their output that nothing else uses. `env` is their whole environment (None:
    that of this process). `prepare` is called with the worktree when it was made, to install what the gate needs.

    It may be called from any thread; one step at a time goes on in a repository for each branch.
    """

    repo_root: Path
    target_ref: str
    queue: Queue
    work: Path
    gate: tuple[str, ...] = ()
    gate_timeout: float = GATE_SECONDS
    logs: Path | None = None
    env: Mapping[str, str] | None = None
    prepare: Callable[[Path], object] | None = None

    def __post_init__(self) -> None:
        """Refuse a name that cannot be a branch's."""
        self.target.check()

    @property
    def target(self) -> Target:
        """Return the branch."""
        return Target(self.repo_root, self.target_ref)

    def begin(self, base: str) -> str:
        """Make the branch at a commit unless it is there, and return where it is."""
        return self.target.create(base)

    def step(self, stop: threading.Event | None = None) -> Progress:
        """Settle all entries that are ready: merge them, or give them back to their authors.

        What a killed step left is put right first. `stop` ends a gate that runs; what was not settled is ready again.
        Raises BatchpackError when git or the disk fails; what was settled until then stands.
        """
        settling = self._settling(stop.is_set if stop is not None else lambda: False)
        blocked, stuck, stopped = "", False, False
        try:
            self._settle(settling)
        except Blocked as reason:
            blocked, stuck = reason.reason, reason.stuck
        except Stopped:
            stopped = True
        return Progress(
            merged=tuple(settling.merged),
            conflicts=tuple(settling.conflicts),
            culprits=tuple(settling.culprits),
            gate_runs=settling.gate.runs,
            tip=settling.tip or self.target.look().tip,
            blocked=blocked,
            stuck=stuck,
            stopped=stopped,
            flaky=tuple(settling.flaky),
        )

    def reconcile(self) -> tuple[Merged, ...]:
        """Put right what a killed step left: end its gate, note what is in the branch, make the rest ready.

        Raises Busy while another merger is at work.
        """
        settling = self._settling(lambda: True)
        with self.target.held():
            self._put_right(settling)
        return tuple(settling.merged)

    def close(self) -> None:
        """Take the merger's worktree away; the next gate makes it anew."""
        with self.target.held():
            self._ground().remove()

    def _settle(self, settling: Settling) -> None:
        """Take a step as the only one who moves the branch; raises Blocked or Stopped."""
        with ExitStack() as stack:
            try:
                stack.enter_context(self.target.held())
            except Busy as error:
                raise Blocked(f"another process merges into {self.target.short} at this moment") from error
            try:
                self._put_right(settling)
                settling.run()
            finally:
                self._give_back()

    def _settling(self, stop: Callable[[], bool]) -> Settling:
        """Begin a step."""
        ground = self._ground()
        gate = Gate(self.gate, ground, self.queue, ground.mark, self.gate_timeout, self.env, stop)
        return Settling(self.target, self.queue, gate, ground.mark)

    def _ground(self) -> Ground:
        """Return the worktree for gates, and the folder of logs with it."""
        logs = self.logs or self.work.with_name(f"{self.work.name}-logs")
        return Ground(self.repo_root, self.work.parent.resolve() / self.work.name, logs.resolve(), self.prepare)

    def _put_right(self, settling: Settling) -> None:
        """End what a killed step started, and settle the entries that it had in hand."""
        steps.end_leftovers(settling.logs)
        left = self.queue.entries("merging")
        if left and (tip := self.target.look().tip):
            settling.already_in(tip, left)
        self._give_back()

    def _give_back(self) -> None:
        """Make ready again what is in hand; only the holder of the branch calls this."""
        left = self.queue.entries("merging")
        if left:
            self.queue.settle(*(Settled(one.task, "ready", {}) for one in left))
