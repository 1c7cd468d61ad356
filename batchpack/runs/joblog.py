"""`joblog.tsv`: the attempts that ended, in GNU parallel's columns, for tools that know those."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from batchpack.files import write_atomic
from batchpack.runs import journal
from batchpack.runs.journal import Event
from batchpack.runs.state import FINISHED_STATUSES
from batchpack.runs.store import Run

COLUMNS = ("Seq", "Host", "Starttime", "JobRuntime", "Send", "Receive", "Exitval", "Signal", "Command")
HERE = ":"
"""GNU parallel's word for this machine."""
NOTHING = -1
"""The exit value of an attempt of which nothing came."""


def write(run: Run) -> None:
    """Write a run's job log anew from its journal."""
    tasks = [name for _, batch in sorted(run.plan.batches.items()) for name in batch]
    lines = ["\t".join(COLUMNS), *("\t".join(row) for row in rows(tasks, journal.read(run.journal).events))]
    write_atomic(run.folder / "joblog.tsv", "\n".join(lines) + "\n")


def rows(tasks: Sequence[str], events: Iterable[Event]) -> list[tuple[str, ...]]:
    """Return a row an attempt that ended, in the order of their ends; `Seq` is the task's number in the plan."""
    started: dict[tuple[str, int], str] = {}
    ended: dict[tuple[str, int], Event] = {}
    for one in events:
        key = (str(one.get("task")), int(one.get("attempt") or 0))
        if one["event"] == "task_started":
            started[key] = one["at"]
        elif one["event"] == "result" or (one["event"] == "task_failed" and key not in ended):
            ended.pop(key, None)
            ended[key] = one
    return [
        (str(tasks.index(name) + 1), *_row(started[name, attempt], end, f"{name} attempt {attempt}"))
        for (name, attempt), end in ended.items()
        if (name, attempt) in started
    ]


def _row(start: str, end: Event, command: str) -> tuple[str, ...]:
    """Return all columns but the first."""
    return (HERE, *_times(start, end["at"]), "0", str(end.get("bytes", 0)), str(_exit_value(end)), "0", command)


def _times(start: str, end: str) -> tuple[str, str]:
    """Return the start in seconds since 1970 and the seconds that it took, with milliseconds."""
    began, ended = (datetime.fromisoformat(moment).timestamp() for moment in (start, end))
    return f"{began:.3f}", f"{ended - began:.3f}"


def _exit_value(end: Event) -> int:
    """Return 0 for work that is done, 1 for an agent that said it is not, -1 where nothing came."""
    if end["event"] == "task_failed":
        return NOTHING
    return 0 if end["status"] in FINISHED_STATUSES else 1
