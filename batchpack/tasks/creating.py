"""New features and new subtasks, made by one writer at a time so that no sequence is given twice."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from batchpack import files
from batchpack.clock import now
from batchpack.errors import BatchpackError, Unwritable
from batchpack.tasks.loading import feature_names, folder_of, load, subtask_files
from batchpack.tasks.store import held, settle, sweep, write_json
from batchpack.tasks.values import ARCHIVE, TASK, Feature, Refused, check_name, one_line

TITLE_LIMIT = 200


@dataclass(frozen=True, slots=True)
class NewFeature:
    """What a feature starts with; lists are paths relative to the project, or sentences."""

    name: str
    objective: str
    context_files: Sequence[str] = ()
    reference_files: Sequence[str] = ()
    exit_criteria: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class NewSubtask:
    """What a subtask starts with; `depends_on` are sequences of the same feature."""

    title: str
    depends_on: Sequence[str] = ()
    parallel: bool = False
    context_files: Sequence[str] = ()
    reference_files: Sequence[str] = ()
    acceptance_criteria: Sequence[str] = ()
    deliverables: Sequence[str] = ()
    suggested_agent: str | None = None


def init(root: Path, feature: str, new: NewFeature) -> Path:
    """Make a feature's folder with its task.json; returns the file. Raises Refused when there is one already."""
    from batchpack.tasks.models import TaskFile

    _check_title(new.name, "name")
    path = root / check_name(feature) / TASK
    task = TaskFile(
        id=feature,
        name=new.name,
        status="active",
        objective=new.objective,
        context_files=list(new.context_files),
        reference_files=list(new.reference_files) or None,
        exit_criteria=list(new.exit_criteria),
        subtask_count=0,
        completed_count=0,
        created_at=now(),
    )
    with held(root, feature):
        known = _same_name(root, feature) if not os.path.lexists(path) else feature
        if known is not None:
            raise Refused(f"there is a feature named {known} already", "take another name, or add to it: task-cli add")
        _make_folder(path.parent)
        present = len(subtask_files(path.parent))
        _write_model(path, {**task.model_dump(), "subtask_count": present})
    return path


def _same_name(root: Path, feature: str) -> str | None:
    """Return a feature, also an archived one, that has a name but for letter case; many disks tell no cases apart."""
    if os.path.lexists(root / ARCHIVE / feature):
        return feature
    known = (name for name in feature_names(root)[0] if name != feature and name.casefold() == feature.casefold())
    return next(known, None)


def _make_folder(folder: Path) -> None:
    """Make a folder whose entry outlives a power cut."""
    try:
        folder.mkdir(exist_ok=True)
        files.sync_folder(folder.parent)
    except OSError as error:
        raise Unwritable(folder, error.strerror or str(error)) from error


def _write_model(path: Path, data: dict[str, Any]) -> None:
    """Write a model's fields, leaving out the optional ones that nobody gave."""
    optional = ("reference_files", "suggested_agent")
    write_json(path, {key: value for key, value in data.items() if value is not None or key not in optional})


def add(root: Path, feature: str, new: NewSubtask) -> tuple[Feature, str]:
    """Add a subtask with the next free sequence; returns the feature as it is now and that sequence.

    Raises UnknownTask for a dependency that is not there, so that a feature made by `add` has no circles.
    """
    from batchpack.tasks.models import SubtaskFile

    _check_title(new.title, "title")
    folder_of(root, feature)
    with held(root, feature):
        sweep(root / feature)
        before = load(root, feature)
        if before.task is None:
            raise Refused(f"{feature} has no readable {TASK}", f"make it first: task-cli init {feature} --name <name>")
        seq = _next_seq(before)
        made = SubtaskFile(
            id=f"{feature}-{seq}",
            seq=seq,
            title=new.title,
            status="pending",
            depends_on=list(dict.fromkeys(before.find(each).seq for each in new.depends_on)),
            parallel=new.parallel,
            context_files=list(new.context_files),
            reference_files=list(new.reference_files) or None,
            acceptance_criteria=list(new.acceptance_criteria),
            deliverables=list(new.deliverables),
            suggested_agent=new.suggested_agent,
        )
        _write_model(before.folder / f"subtask_{seq}.json", made.model_dump())
        return settle(load(root, feature), count_exactly=True), seq


def _next_seq(feature: Feature) -> str:
    """Return the sequence after the highest there is, by file names and by contents; two digits at least."""
    named = (int(name.removeprefix("subtask_").removesuffix(".json")) for name, _ in subtask_files(feature.folder))
    told = (int(s.seq) for s in feature.subtasks if s.seq.isascii() and s.seq.isdigit() and len(s.seq) < 10)
    return f"{max([0, *named, *told]) + 1:02d}"


def _check_title(text: str, what: str) -> None:
    """Raise BatchpackError for a title or name that is empty, too long or more than a line."""
    if not text.strip() or len(text) > TITLE_LIMIT or text != one_line(text):
        raise BatchpackError(f"the {what} must be one line of 1 to {TITLE_LIMIT} characters", "say it shorter")
