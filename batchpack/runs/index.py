"""The index of all runs of this user: one line a run in the state folder, so that a run is found from any folder."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from batchpack import places
from batchpack.errors import Unwritable
from batchpack.files import append_line
from batchpack.runs import ids


@dataclass(frozen=True, slots=True)
class Entry:
    """One run: `root` holds `runs/<run>/`; `host` is None for a run without one."""

    run: str
    root: Path
    project: Path
    host: str | None
    started: str

    @property
    def folder(self) -> Path:
        """Return the run's directory."""
        return self.root / "runs" / self.run


def path() -> Path:
    """Return the index file."""
    return places.state_folder() / "runs.jsonl"


def add(entry: Entry) -> None:
    """Append a run; raises Unwritable."""
    file = path()
    if not file.exists():
        _make_folder(file.parent)
    append_line(file, json.dumps(asdict(entry), default=str))


def _make_folder(folder: Path) -> None:
    """Make the state folder for its owner alone."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise Unwritable(folder, error.strerror or str(error)) from error


def entries() -> list[Entry]:
    """Return all runs whose directory is still there, oldest first; unreadable lines are passed over."""
    return [one for one in _known() if one.folder.is_dir()]


def gone() -> int:
    """Count the runs whose directory is there no more."""
    return sum(not folder.is_dir() for folder in {one.folder for one in _known()})


def _known() -> list[Entry]:
    """Return all runs that were ever begun."""
    try:
        lines = path().read_text(errors="replace").splitlines()
    except OSError:
        return []  # a closed home: runs below their projects are found without
    return [one for line in lines if (one := _entry(line)) is not None]


def _entry(line: str) -> Entry | None:
    """Return the run of a line, or None when it is torn or names no run."""
    try:
        raw = json.loads(line)
        run, root, project = str(raw["run"]), Path(raw["root"]), Path(raw["project"])
    except (ValueError, KeyError, TypeError):
        return None
    if not ids.RUN_ID.fullmatch(run) or not root.is_absolute():
        return None
    return Entry(run, root, project, raw.get("host"), str(raw.get("started", "")))
