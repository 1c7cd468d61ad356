"""Folders of task files in XML, `<layer>/<id>-<slug>.xml`, or one such file, as a plan."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from batchpack.errors import BrokenFile
from batchpack.workplan import checks, xml_tasks
from batchpack.workplan.complaints import Complaint, checked
from batchpack.workplan.values import WorkPlan, WorkTask

DEPTH_LIMIT = 6
FILE_LIMIT = 20_000


def files(path: Path) -> Iterator[Path]:
    """Yield the XML files of a folder in the order of their names, layers first; links and hidden ones are left out."""
    if path.is_file():
        yield path
        return
    waiting = [(path, 0)]
    while waiting:
        folder, depth = waiting.pop()
        entries = _entries(folder)
        yield from (Path(entry.path) for entry in entries if entry.name.lower().endswith(".xml") and _is_file(entry))
        if depth < DEPTH_LIMIT:
            inner = [Path(entry.path) for entry in entries if entry.is_dir(follow_symlinks=False)]
            waiting += [(each, depth + 1) for each in reversed(inner)]


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    """List what a folder holds, without what is hidden."""
    try:
        with os.scandir(folder) as entries:
            return sorted((one for one in entries if not one.name.startswith(".")), key=lambda one: _natural(one.name))
    except OSError as error:
        raise BrokenFile(folder, error.strerror or str(error)) from error


def _natural(name: str) -> list[tuple[int, str]]:
    """Return a key that sorts `2-backend` before `10-deploy`."""
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in re.split(r"(\d{1,18})", name)]


def _is_file(entry: os.DirEntry[str]) -> bool:
    """Tell whether an entry is a plain file and no link."""
    return entry.is_file(follow_symlinks=False)


def read(path: Path) -> WorkPlan:
    """Read and check a folder of task files; raises BadPlan with all complaints."""
    return checked(path, understand(path))


def understand(path: Path) -> tuple[WorkPlan, list[Complaint]]:
    """Return what can be read of a folder of task files, and all that must be mended."""
    found, complaints = _read(path)
    known = {one.id for one in found}
    built = [xml_tasks.build(one, known) for one in found]
    if path.is_file():
        built = [(_by_itself(task), said) for task, said in built]
    plan = WorkPlan(
        name=path.resolve().name, tasks=tuple(task for task, _ in built), kind="task XML", path=path, layered=True
    )
    complaints += [complaint for _, said in built for complaint in said]
    if complaints and not built:
        return plan, complaints
    return plan, complaints + checks.complaints(plan)


def _by_itself(task: WorkTask) -> WorkTask:
    """Return the task of a file that was read alone: what it waits for is in other files, and is told."""
    told = (f"<dependencies>: nothing here waits for {name}, which is in another file" for name in task.depends_on)
    return replace(task, depends_on=(), unread=(*task.unread, *told))


def _read(path: Path) -> tuple[list[xml_tasks.Found], list[Complaint]]:
    """Read each file; one that cannot be read is a complaint, and the others are read all the same."""
    found: list[xml_tasks.Found] = []
    complaints: list[Complaint] = []
    for count, file in enumerate(files(path)):
        if count >= FILE_LIMIT:
            complaints.append(Complaint(str(path), f"it holds more than {FILE_LIMIT:,} task files"))
            break
        try:
            found.append(xml_tasks.read(file, str(file)))
        except BrokenFile as error:
            place = f"{file}:{error.line}" if error.line else str(file)
            complaints.append(Complaint(place, error.reason))
    return found, complaints


def find(path: Path, name: str) -> Path:
    """Return the file of a task by its id, as `<id>-*.xml` or `<id>.xml` below a folder, else by the id in it."""
    listed = list(files(path))
    named = [file for file in listed if file.stem == name or file.stem.startswith(f"{name}-")]
    if len(named) == 1:
        return named[0]
    exact = [one.path for one in _read(path)[0] if one.id == name]
    if len(exact) != 1:
        count = "no" if not exact else "more than one"
        raise BrokenFile(path, f"{count} task file here is for {name!r}")
    return exact[0]


def alone(plan: WorkPlan, names: list[str]) -> WorkPlan:
    """Return a plan with only some tasks, which then wait for each other only."""
    chosen = frozenset(names)
    kept = [task for task in plan.tasks if task.id in chosen]
    tasks = (replace(task, depends_on=tuple(one for one in task.depends_on if one in chosen)) for task in kept)
    return replace(plan, tasks=tuple(tasks))
