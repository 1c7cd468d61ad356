"""What a folder shows of a subtask's work: deliverables that are there, that are new, and commits that touch them."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path

from batchpack.tasks.claims import cleaned, expanded
from batchpack.tasks.values import Subtask

GRACE = 2.0
"""Seconds that a file may seem older than a start that came before it: disks keep coarser times than clocks."""
LOOKED_AT = 10_000
"""The most files of a folder that are looked at; one that holds more counts as changed."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Deliverables that are `missing`, and those that are there but `unchanged` since the subtask was started.

    `commits` counts those since then that touch deliverables; None where nobody knows: never started, or no repository.
    """

    missing: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    commits: int | None = None


def evidence(subtask: Subtask, base: Path) -> Evidence:
    """Look for the deliverables of a subtask below a folder; prose and paths out of it cannot be looked for."""
    places = {text: _paths(base, text) for text in subtask.deliverables}
    missing = tuple(text for text, paths in places.items() if not all(_found(base, path) for path in paths))
    started = _started(subtask)
    if started is None:
        return Evidence(missing)
    old = [text for text, paths in places.items() if paths and text not in missing and _is_old(base, paths, started)]
    unchanged = tuple(text for text in old if not _commits(base, places[text], started))
    return Evidence(missing, unchanged, _commits(base, [path for paths in places.values() for path in paths], started))


def _paths(base: Path, deliverable: str) -> list[str]:
    """Return the paths and patterns that a deliverable names, relative to a folder."""
    path = cleaned(deliverable)
    paths = () if path is None else expanded(path) or ()
    below = (each.removeprefix(f"{base}/") for each in paths)
    return [each for each in below if not each.startswith("/") and ".." not in each.split("/")]


def _found(base: Path, path: str) -> bool:
    """Tell whether a path, or something that a pattern matches, is there."""
    return any(True for _ in _matches(base, path))


def _matches(base: Path, path: str) -> Iterator[Path]:
    """Yield the path itself where it is there, else what it matches as a pattern."""
    if os.path.exists(base / path):  # noqa: PTH110 - Path.exists raises for a name that is too long
        yield base / path
        return
    for found in glob.iglob(path, root_dir=base, recursive=True):  # noqa: PTH207 - Path.glob refuses patterns such as a**
        yield base / found


def _started(subtask: Subtask) -> float | None:
    """Return when a subtask was started, in seconds since the epoch."""
    try:
        return datetime.fromisoformat(subtask.text("started_at")).timestamp()
    except (ValueError, OverflowError):
        return None


def _is_old(base: Path, paths: Sequence[str], started: float) -> bool:
    """Tell whether nothing of these paths was written since the start."""
    below = (each for path in paths for found in _matches(base, path) for each in _with_all_below(found))
    looked_at = list(islice(below, LOOKED_AT + 1))
    return len(looked_at) <= LOOKED_AT and all(_written(path) < started - GRACE for path in looked_at)


def _with_all_below(place: Path) -> Iterator[Path]:
    """Yield a file, or a folder with all that it holds; links are not followed."""
    yield place
    for folder, folders, names in os.walk(place):
        yield from (Path(folder, name) for name in (*folders, *names))


def _written(path: Path) -> float:
    """Return when a file was written last; one that went away meanwhile is old."""
    try:
        return path.lstat().st_mtime
    except OSError:
        return 0.0


def _commits(base: Path, paths: Sequence[str], started: float) -> int | None:
    """Count the commits since the start that touch the paths; git keeps whole seconds."""
    from batchpack import git  # late, since only reports need it

    return git.commits_since(base, int(started), paths)
