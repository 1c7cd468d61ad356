"""Done means evidence: what an agent says it changed is held against the work tree as the run found it."""

from __future__ import annotations

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
    """Hold paths against git: tracked ones must differ from the base, others must be there and not tracked."""
    tree, dirty = run.facts.tree, run.facts.baseline.dirty
    found = {*baseline.changed(tree, against, *paths)}
    found |= {*baseline.names(tree, "ls-files", "--others", "-z", "--", *paths)}
    complaints = []
    for path in paths:
        if (tree / path).is_dir() and not (tree / path).is_symlink():
            complaints.append(f"{path} is a folder: name the files in it")
        elif path not in found:
            complaints.append(f"{path} does not differ from what was there when the run began")
        elif dirty.get(path) == baseline.content(tree / path):
            complaints.append(f"{path} had this content already when the run began")
    return complaints


def _by_time(run: Run, paths: Sequence[str]) -> list[str]:
    """Hold paths against the clock, where there is no git: each must be a file modified since the run began."""
    began = datetime.fromisoformat(run.facts.started).timestamp()
    complaints = []
    for path in paths:
        file = run.facts.tree / path
        if not file.is_file():
            complaints.append(f"{path} is not there as a file; without git a removed file cannot be seen: leave it out")
        elif not _since(file, began):
            complaints.append(f"{path} was not modified since the run began")
    return complaints


def _since(file: Path, began: float) -> bool:
    """Tell whether a file was modified since a time; some file systems know whole seconds only."""
    when = file.stat().st_mtime_ns
    whole_seconds = when % 1_000_000_000 == 0
    return when / 1e9 >= (float(int(began)) if whole_seconds else began - CLOCK_SLACK)
