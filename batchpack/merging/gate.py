"""The gate: lines for the shell that the exact commit must pass before a branch is moved to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from batchpack import files, steps
from batchpack.merging.ground import Ground
from batchpack.merging.queue import Queue

NOT_FOUND = 127
"""The exit code of a shell that does not find a program."""


class Stopped(Exception):
    """Somebody asked to stop before the gate had an answer."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a commit passed. `why` says for one that did not which line failed, `out` is the file of its output."""

    passed: bool
    why: str = ""
    out: Path | None = None


GREEN = Verdict(True)


@dataclass(slots=True)
class Gate:
    """Runs the lines in order until one fails. `timeout` is in seconds and for each line; `runs` counts.

    A commit that passed is not run again, not even after a crash.
    """

    commands: tuple[str, ...]
    ground: Ground
    queue: Queue
    logs: Path
    timeout: float
    env: Mapping[str, str] | None
    stop: Callable[[], bool] = lambda: False
    runs: int = 0
    last: dict[str, Verdict] = field(default_factory=dict)

    @property
    def fingerprint(self) -> str:
        """Return what stands for these lines."""
        return files.fingerprint("\0".join(self.commands).encode())[:16]

    def passes(self, commit: str, tasks: tuple[str, ...] = (), *, anew: bool = False) -> bool:
        """Tell whether a commit passes; what failed once in this step is believed, unless it is asked `anew`."""
        known = self.last.get(commit)
        if known is None or (anew and not known.passed):
            if not self.commands or self.queue.is_green(commit, self.fingerprint):
                known = GREEN
            else:
                known = self._run(commit, tasks)
            self.last[commit] = known
        return known.passed

    def _run(self, commit: str, tasks: tuple[str, ...]) -> Verdict:
        """Run the lines on a commit; raises Stopped."""
        if self.stop():
            raise Stopped
        self.runs += 1
        number = self.queue.record("gate_started", commit=commit, tasks=tasks)
        verdict = self._lines(self.ground.set_to(commit), f"{number:05d}-{commit[:12]}")
        if verdict.passed:
            self.queue.note_green(commit, self.fingerprint)
        self.queue.record("gate", commit=commit, tasks=tasks, passed=verdict.passed, why=verdict.why)
        return verdict

    def _lines(self, folder: Path, name: str) -> Verdict:
        """Run line after line."""
        for at, command in enumerate(self.commands, 1):
            out = self.logs / f"{name}-{at}.txt"
            step = steps.run(command, out, cwd=folder, timeout=self.timeout, env=self.env, stop=self.stop)
            if step.end == "stopped":
                raise Stopped
            if not step.passed:
                return Verdict(False, _why(step, self.timeout), out)
        return GREEN


def _why(step: steps.Step, timeout: float) -> str:
    """Say how a line failed."""
    if step.end == "timeout":
        return f"`{step.command}` took longer than {timeout:.0f} s"
    if step.code < 0:
        return f"`{step.command}` was ended by signal {-step.code}"
    missing = ", a program is missing" if step.code == NOT_FOUND else ""
    return f"`{step.command}` ended with exit code {step.code}{missing}"
