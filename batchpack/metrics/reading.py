"""How a word leads to what a run came to, whoever carried it out."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

from batchpack.errors import BatchpackError
from batchpack.execution.facts import is_work
from batchpack.execution.store import WorkRun
from batchpack.executor import Executor
from batchpack.metrics import hosted, work
from batchpack.metrics.values import Record
from batchpack.runs import index, store
from batchpack.runs.store import Run


def programs(executors: Mapping[str, Executor]) -> frozenset[str]:
    """Return the names of the executors in which no model works."""
    return frozenset(name for name, executor in executors.items() if not executor.AGENT)


def find(word: str, project: Path, plain: Collection[str]) -> Record:
    """Return the record of the run that a word means, of either kind; `plain` are executors without a model.

    Raises what `runs.store.find` does, or BrokenFile.
    """
    return read(store.find(word, project).folder, plain)


def read(folder: Path, plain: Collection[str]) -> Record:
    """Return the record of the run in a folder; raises BrokenFile."""
    return work.read(WorkRun(folder), plain) if is_work(folder) else hosted.read(Run(folder))


def all_work(project: Path | None, plain: Collection[str]) -> tuple[list[Record], int]:
    """Return the records of all runs of work (of one project), oldest first, and how many cannot be read."""
    known = {entry.folder.resolve() for entry in index.entries()}
    known |= {folder.resolve() for folder in store.of_project(project or Path.cwd())}
    found, broken = list[Record](), 0
    for folder in sorted((folder for folder in known if is_work(folder)), key=store.age):
        try:
            record = work.read(WorkRun(folder), plain)
        except (BatchpackError, OSError):
            broken += 1
            continue
        if project is None or Path(record.project).resolve() == project.resolve():
            found.append(record)
    return found, broken
