"""How a word leads to what a run came to, whoever carried it out."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Known:
    """The runs that could be read, oldest first, and how many could not be: broken ones, and ones that are gone.

    `worst` is the name of the newest of the broken ones.
    """

    records: tuple[Record, ...]
    broken: int
    gone: int
    worst: str = ""


def every(project: Path | None, plain: Collection[str], roots: Iterable[Path] = (), since: float = 0.0) -> Known:
    """Return the runs of this user (of a folder and those below) that began at a moment or later, of either kind.

    `roots` are folders in which hosts keep runs of all projects: those are found there without the index too.
    """
    found, broken = list[Record](), list[str]()
    for folder in folders(project, roots):
        try:
            record = read(folder, plain)
        except (BatchpackError, OSError):
            broken.append(folder.name)
            continue
        here = project is None or Path(record.project).resolve().is_relative_to(project.resolve())
        if here and record.begun >= since:
            found.append(record)
    return Known(tuple(found), len(broken), index.gone(), broken[-1] if broken else "")


def folders(project: Path | None, roots: Iterable[Path] = ()) -> list[Path]:
    """Return where runs lie, oldest first: those of the index, those of a project (else of the one here), of roots."""
    known = {entry.folder.resolve() for entry in index.entries()}
    known |= {folder.resolve() for folder in store.of_project(project or Path.cwd())}
    known |= {folder.resolve() for root in roots for folder in store.inside(root)}
    return sorted(known, key=store.age)
