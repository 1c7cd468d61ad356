"""The verification of a task's work: its lines, run by the engine in the folder of the work, in their order."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from batchpack import steps
from batchpack.plaintext import tail
from batchpack.steps import Step

LEAST_SECONDS = 1.0
"""What a line gets even when those before it took all the time."""


@dataclass(frozen=True, slots=True)
class Verification:
    """The lines that were run, up to the first that failed, out of `total`."""

    steps: tuple[Step, ...]
    total: int

    @property
    def passed(self) -> bool:
        """Tell whether all lines ended with 0; true where there are none."""
        return len(self.steps) == self.total and all(step.passed for step in self.steps)

    @property
    def stopped(self) -> bool:
        """Tell whether it was stopped from outside, so that it says nothing on the work."""
        return any(step.end == "stopped" for step in self.steps)

    @property
    def failed(self) -> Step | None:
        """Return the line that failed, if one did."""
        return next((step for step in self.steps if not step.passed), None)

    @property
    def summary(self) -> str:
        """Return how many passed, as `3/3 steps passed`."""
        return f"{sum(step.passed for step in self.steps)}/{self.total} steps passed"

    def to_json(self) -> dict[str, Any]:
        """Return it for the records; `out` is the path of each line's output."""
        listed = [
            {"command": s.command, "code": s.code, "seconds": round(s.seconds, 3), "end": s.end, "out": str(s.out)}
            for s in self.steps
        ]
        return {"passed": self.passed, "summary": self.summary, "total": self.total, "steps": listed}


def run(
    commands: Sequence[str],
    cwd: Path,
    folder: Path,
    timeout: float,
    env: Mapping[str, str] | None = None,
    stop: Callable[[], bool] = lambda: False,
) -> Verification:
    """Run lines for the shell as their author wrote them, up to the first that fails; output goes to `folder/<n>.txt`.

    `timeout` is in seconds for all of them together, `env` adds to the environment. What a killed call left running
    with the same folder is ended first. It blocks; several threads may verify in different folders.
    Raises Unwritable.
    """
    if (folder / "1.txt").exists():  # where no line began none can be left; the look at all processes takes its time
        steps.end_leftovers(folder)
    variables = {**steps.plain_environment(), **(env or {})}
    deadline = time.monotonic() + timeout
    done: list[Step] = []
    for number, command in enumerate(commands, 1):
        left = max(LEAST_SECONDS, deadline - time.monotonic())
        out = folder / f"{number}.txt"
        done.append(steps.run(command, out, cwd=cwd, timeout=left, env=variables, stop=stop))
        if not done[-1].passed:
            break
    return Verification(tuple(done), len(commands))


def explain(step: Step) -> str:
    """Say how a line failed, in a sentence."""
    if step.end == "timeout":
        return f"took longer than {step.seconds:.0f} s and was ended"
    if step.end == "stopped":
        return "was stopped"
    return f"was ended by signal {-step.code}" if step.code < 0 else f"ended with exit code {step.code}"


def told(step: Step) -> str:
    """Return what the next attempt is told of a failed line: the line, how it failed, its last output and all of it."""
    shown = tail(step.out)
    output = f"Its last output:\n\n{shown}\n" if shown else "It wrote nothing.\n"
    return f"`{step.command}` {explain(step)}. {output}\nAll of its output: {step.out}"


end_leftovers = steps.end_leftovers
"""Ends what a killed orchestrator's verifications left running below a folder, such as a run's `evidence/`."""
