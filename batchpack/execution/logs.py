"""What is kept of an attempt: its output, its prompt, its evidence, its verdict."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from batchpack.errors import BatchpackError, UnknownName
from batchpack.execution.state import Task
from batchpack.execution.store import WorkRun
from batchpack.plaintext import clean, tail

LOOK_SECONDS = 0.2
LINES, LETTERS = 60, 8000
"""How much of an attempt's output is shown."""


@dataclass(frozen=True, slots=True)
class Log:
    """Where an attempt's records are, and what came of it; files that are not there are None."""

    task: str
    attempt: int
    attempts: int
    state: str
    verdict: str
    reason: str
    feedback: str
    prompt: Path | None
    out: Path | None
    err: Path | None
    evidence: Path | None
    worktree: Path | None

    def to_json(self) -> dict[str, Any]:
        """Return plain values."""
        return asdict(self)


def find(run: WorkRun, name: str, attempt: int | None) -> Log:
    """Return the records of an attempt (None: the last); raises UnknownName, or BatchpackError where there is none."""
    tasks = run.state().tasks
    if name not in tasks:
        raise UnknownName("task", name, tasks)
    task = tasks[name]
    number = attempt or task.number
    if not 0 < number <= task.number:
        tries = "it was not begun yet" if not task.number else f"its attempts are 1 to {task.number}"
        raise BatchpackError(f"{name} has no attempt {number or 1}: {tries}", f"see: batchpack status {run.short}")
    return _log(run, task, number)


def _log(run: WorkRun, task: Task, number: int) -> Log:
    """Gather what there is of an attempt."""
    folder = run.folder / "attempts" / f"{task.name}-{number}"
    facts = next((one.facts for one in reversed(task.tries) if one.number == number), {})
    worktree = Path(task.worktree["path"]) if task.worktree else None
    return Log(
        task=task.name,
        attempt=number,
        attempts=task.number,
        state=task.status,
        verdict=facts.get("verdict", facts.get("state", "running")),
        reason=facts.get("reason", ""),
        feedback=facts.get("feedback", ""),
        prompt=_there(run.prompt(task.name, number)),
        out=_there(folder / "out"),
        err=_there(folder / "err"),
        evidence=_there(run.evidence(task.name, number)),
        worktree=_there(worktree) if worktree else None,
    )


def _there(path: Path) -> Path | None:
    """Return a path that exists."""
    return path if path.exists() else None


def lines(log: Log) -> Iterator[str]:
    """Yield the log for a reader."""
    yield f"{log.task}, attempt {log.attempt} of {log.attempts}: {log.verdict}" + (
        f". {log.reason}" if log.reason else ""
    )
    for what in ("prompt", "out", "err", "evidence", "worktree"):
        if path := getattr(log, what):
            yield f"  {what:<9} {path}"
    if log.feedback:
        yield f"\nWhat the next attempt is told:\n\n{clean(log.feedback)}"
    for what in ("out", "err"):
        path = getattr(log, what)
        if path and (text := tail(path, LINES, LETTERS)):
            yield f"\nThe end of {what}:\n\n{text}"


def follow(run: WorkRun, log: Log, say: Callable[[str], None]) -> None:
    """Print what an attempt writes from now on, until it is judged or nobody drives the run."""
    paths = [path for path in (log.out, log.err) if path]
    offsets = {path: path.stat().st_size for path in paths}
    running = True
    while running:
        task = run.state().tasks[log.task]
        running = task.runs and task.number == log.attempt and run.is_driven()
        for path in paths:
            with path.open("rb") as stream:
                stream.seek(offsets[path])
                data = stream.read()
            offsets[path] += len(data)
            if data:
                say(clean(data.decode("utf-8", "replace")).rstrip("\n"))
        time.sleep(LOOK_SECONDS if running else 0)
