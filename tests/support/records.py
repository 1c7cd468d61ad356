"""Records of runs, made by hand, and a run's folder with a journal whose times are given."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from batchpack.execution.journal import Draft
from batchpack.execution.store import WorkRun
from batchpack.executor import Usage
from batchpack.metrics.values import Attempt, Record, Task
from batchpack.workplan.values import WorkTask
from tests.execution.ground import make_run, write

START = 1_700_000_000.0


def attempt(begun: float, ended: float | None, *, end: str = "verified", number: int = 1, **more: Any) -> Attempt:
    """Make an attempt; times are seconds after the start."""
    last = more.pop("last", ended)
    stop = None if ended is None else START + ended
    return Attempt(number, START + begun, stop, START + (begun if last is None else last), end, **more)


def done(name: str, *attempts: Attempt, settled: float, after: tuple[str, ...] = (), group: str = "one") -> Task:
    """Make a task that is done."""
    return Task(
        name, name.upper(), group, "merged", "done", depends_on=after, after=after, attempts=attempts,
        settled=START + settled,
    )  # fmt: skip


def record(*tasks: Task, last: float = 100) -> Record:
    """Make the record of a finished run."""
    groups = tuple(dict.fromkeys(task.group for task in tasks))
    return Record(
        "20260102T030405-a1b2", "work", "proof", "nobody", "/home/you/project", Path("folder"), START, START + last,
        "finished", groups, "layer", tasks,
    )  # fmt: skip


def usage(**more: Any) -> Usage:
    """Return what an attempt used."""
    return Usage(**{"input": 10, "output": 20, "cache_read": 30, "cache_write": 40, "dollars": 0.5, **more})


def at(seconds: float) -> str:
    """Write a moment so many seconds after the start, as journals do."""
    return datetime.fromtimestamp(START + seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def written(base: Path, tasks: Iterable[WorkTask], events: Iterable[tuple[float, Draft]], **options: Any) -> WorkRun:
    """Write a run's folder whose events have these times, the start of the run the first of them."""
    import sqlite3
    from contextlib import closing

    run = make_run(base, tasks, **options)
    with closing(sqlite3.connect(run.journal)) as journal:
        journal.execute("UPDATE event SET at = ?", (at(0),))
        journal.commit()
    write(run, *(replace(draft, at=at(seconds)) for seconds, draft in events))
    return run


def began(task: str, number: int = 1, executor: str = "claude") -> Draft:
    """Return the start of an attempt."""
    return Draft("attempt_started", task, number, {"executor": executor, "model": "", "fresh": False})


def judged(task: str, number: int = 1, verdict: str = "verified", **facts: Any) -> Draft:
    """Return the verdict on an attempt."""
    return Draft("judged", task, number, {"verdict": verdict, "reason": "", "code": 0, **facts})
