"""Features from their folders: what can be read is read, what cannot is told and stops nothing else."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

from batchpack.errors import BatchpackError, BrokenFile
from batchpack.tasks.reading import parse, read_bytes, to_subtask
from batchpack.tasks.values import ARCHIVE, TASK, Feature, Subtask, check_name, is_archive, is_name

_SUBTASK = re.compile(r"subtask_([0-9]{2,9})\.json")


class NoFeature(BatchpackError):
    """A feature whose folder is not there."""

    def __init__(self, name: str, root: Path) -> None:
        known = ", ".join(feature_names(root)[0]) or "none yet; make one with: task-cli init <feature> --name <name>"
        archived = f"; it is archived in {root / ARCHIVE / name}" if (root / ARCHIVE / name).is_dir() else ""
        super().__init__(f"there is no feature named {name!r} in {root}{archived}", f"known: {known}")


def feature_names(root: Path) -> tuple[tuple[str, ...], tuple[BrokenFile, ...]]:
    """List the features of a tasks folder by name, and the folders that cannot be one; a leading dot hides."""
    names: list[str] = []
    problems: list[BrokenFile] = []
    try:
        with os.scandir(root) as entries:
            found = sorted(entries, key=lambda entry: entry.name)
    except FileNotFoundError:
        return (), ()
    except OSError as error:
        raise BrokenFile(root, error.strerror or str(error)) from error
    for entry in found:
        if entry.name == ARCHIVE or entry.name.startswith(".") or not (entry.is_symlink() or entry.is_dir()):
            continue
        fault = _fault_of_folder(root, entry)
        if fault is None:
            names.append(entry.name)
        else:
            problems.append(fault)
    return tuple(names), tuple(problems)


def _fault_of_folder(root: Path, entry: os.DirEntry[str]) -> BrokenFile | None:
    """Say why an entry of the tasks folder cannot be a feature; None when it can."""
    path = Path(entry.path)
    if is_archive(entry.name):
        return BrokenFile(path, f"its name is that of the archive, {ARCHIVE}, but for letter case; rename it")
    if not is_name(entry.name):
        return BrokenFile(path, "its name is no feature name (letters, digits, '.', '_' and '-'); rename it")
    if entry.is_symlink() and not (path.is_dir() and _stays(root, path)):
        return BrokenFile(path, "it is a link that leads out of the tasks folder or nowhere")
    return None


def _stays(folder: Path, path: Path | str) -> bool:
    """Tell whether a link ends below a folder; one that goes in a circle does, and cannot be read."""
    return os.path.realpath(path).startswith(os.path.realpath(folder) + os.sep)


def folder_of(root: Path, name: str) -> Path:
    """Return a feature's folder; raises UsageError for a name that none can have and NoFeature when it is not there."""
    folder = root / check_name(name)
    try:
        there = folder.is_dir()
    except OSError as error:
        raise BrokenFile(folder, error.strerror or str(error)) from error
    if not there:
        raise NoFeature(name, root)
    if folder.is_symlink() and not _stays(root, folder):
        raise BrokenFile(folder, "it is a link that leads out of the tasks folder")
    return folder


def load(root: Path, name: str, *, wary: bool = False) -> Feature:
    """Read a feature with all that can be read of it; raises what `folder_of` raises.

    With `wary`, files that hold what a rewrite would lose count as those that cannot be read.
    """
    folder = folder_of(root, name)
    problems: list[BrokenFile] = []
    task = _read_task(folder, problems, wary=wary)
    files = subtask_files(folder)
    subtasks = _read_subtasks(folder, files, problems, wary=wary)
    return Feature(name, folder, task, tuple(subtasks), len(files), tuple(problems))


def subtask_files(folder: Path) -> list[tuple[str, bool]]:
    """List the names of a feature's subtask files by their number, each with whether it is a link."""
    found: list[tuple[int, str, bool]] = []
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                match = _SUBTASK.fullmatch(entry.name)
                if match:
                    found.append((int(match[1]), entry.name, entry.is_symlink()))
    except OSError as error:
        raise BrokenFile(folder, error.strerror or str(error)) from error
    return [(name, link) for _, name, link in sorted(found)]


def _read_task(folder: Path, problems: list[BrokenFile], *, wary: bool) -> dict[str, Any] | None:
    """Read task.json, noting what is wrong with it."""
    path = folder / TASK
    link = os.path.islink(path)  # noqa: PTH114 - Path.is_symlink raises where a folder may not be entered
    try:
        return parse(path, _read_inside(folder, path, link=link), wary=wary)
    except BrokenFile as error:
        if link or not isinstance(error.__cause__, FileNotFoundError):
            problems.append(error)
        return None


def _read_subtasks(
    folder: Path, files: list[tuple[str, bool]], problems: list[BrokenFile], *, wary: bool
) -> list[Subtask]:
    """Read the subtask files that can be read, noting what is wrong with the others."""
    subtasks: list[Subtask] = []
    prefix = f"{folder}{os.sep}"
    for name, link in files:
        try:
            raw = _read_inside(folder, prefix + name, link=link)
            subtasks.append(to_subtask(folder, name, parse(prefix + name, raw, wary=wary), raw))
        except BrokenFile as error:
            problems.append(error)
    return subtasks


def _read_inside(folder: Path, path: Path | str, *, link: bool) -> bytes:
    """Read a file unless it is a link that leads out of the feature's folder, which one lock is for."""
    if link and not _stays(folder, path):
        raise BrokenFile(Path(path), "it is a link that leads out of the feature's folder")
    return read_bytes(path)


def load_all(root: Path, name: str | None) -> tuple[list[Feature], tuple[BrokenFile, ...]]:
    """Read one feature, or all there are; also returns the folders that cannot be features."""
    if name is not None:
        return [load(root, name)], ()
    names, problems = feature_names(root)
    features: list[Feature] = []
    faults = list(problems)
    for each in names:
        try:
            features.append(load(root, each))
        except BrokenFile as error:
            faults.append(error)
    return features, tuple(faults)
