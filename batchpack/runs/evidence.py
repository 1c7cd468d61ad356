"""Done means evidence: what an agent says it changed is held against the work tree as the run found it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from batchpack import files
from batchpack.errors import UnsafePath
from batchpack.runs import baseline
from batchpack.runs.store import Run

CLOCK_SLACK = 0.02
"""Seconds by which a file's time may lag behind the clock: file systems take the time of the last tick."""


def relative(tree: Path, given: str) -> str:
    """Return a path below the work tree, posix and relative; raises UnsafePath for one outside, also through links."""
    path = Path(given)
    if path.is_absolute():
        for root in (tree, tree.resolve()):
            if path.is_relative_to(root):
                given = str(path.relative_to(root))
                break
        else:
            raise UnsafePath(given, tree)
    files.inside(tree, given)
    return Path(given).as_posix()


def unchanged(run: Run, paths: Sequence[str]) -> list[str]:
    """Return a complaint for each path that does not differ from the work tree as the run found it."""
    if not paths:
        return []
    base = run.facts.baseline
    return _by_time(run, paths) if base.tree is None else _by_git(run, base.tree, paths)


def _by_git(run: Run, against: str, paths: Sequence[str]) -> list[str]:
    """Hold paths against git: tracked ones must differ from the base, others must be there and not tracked.

    What was dirty at the start is held against its content then, and ignored files against the clock.
    """
    tree, dirty, began = run.facts.tree, run.facts.baseline.dirty, _began(run)
    found = {*baseline.changed(tree, against, *paths), *_loose(tree, paths)}
    ignored = {*_loose(tree, paths, "--ignored", "--exclude-standard")}
    complaints = []
    for path in paths:
        if (tree / path).is_dir() and not (tree / path).is_symlink():
            complaints.append(f"{path} is a folder: name the files in it")
        elif path in dirty:
            if dirty[path] == baseline.content(tree / path):
                complaints.append(f"{path} had this content already when the run began")
        elif path not in found:
            complaints.append(f"{path} does not differ from what was there when the run began")
        elif path in ignored and not _since((tree / path).lstat(), began):
            complaints.append(f"{path} was not modified since the run began")
    return complaints


def _loose(tree: Path, paths: Sequence[str], *which: str) -> list[str]:
    """Return those of the paths that are there and not tracked."""
    return baseline.names(tree, "ls-files", "--others", *which, "-z", "--", *paths)


def _began(run: Run) -> float:
    """Return when a run began, in seconds since the epoch."""
    return datetime.fromisoformat(run.facts.started).timestamp()


def _by_time(run: Run, paths: Sequence[str]) -> list[str]:
    """Hold paths against the clock, where there is no git: each must be a file modified since the run began."""
    began = _began(run)
    complaints = []
    for path in paths:
        file = run.facts.tree / path
        if not file.is_file():
            complaints.append(f"{path} is not there as a file; without git a removed file cannot be seen: leave it out")
        elif not _since(file.stat(), began):
            complaints.append(f"{path} was not modified since the run began")
    return complaints


def _since(seen: os.stat_result, began: float) -> bool:
    """Tell whether a file was modified since a time; some file systems know whole seconds only."""
    when = seen.st_mtime_ns
    whole_seconds = when % 1_000_000_000 == 0
    return when / 1e9 >= (float(int(began)) if whole_seconds else began - CLOCK_SLACK)
