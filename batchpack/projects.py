"""The projects in which batches were begun, one line each in the state folder, so that their records are found."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

from batchpack import places
from batchpack.errors import Unwritable
from batchpack.files import append_line


def path() -> Path:
    """Return the list's file."""
    return places.state_folder() / "projects.jsonl"


def remember(project: Path) -> None:
    """Add a project unless it is listed; where the list cannot be written the batch goes on without."""
    found = project.resolve()
    if found in known():
        return
    with suppress(OSError, UnicodeEncodeError, Unwritable):
        path().parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        append_line(path(), json.dumps(str(found)))


def known() -> list[Path]:
    """Return the projects whose folders are still there, in the order in which they came; torn lines are no project."""
    try:
        lines = path().read_text(errors="replace").splitlines()
    except OSError:
        return []
    return list(dict.fromkeys(found for line in lines if (found := _project(line)) is not None and found.is_dir()))


def _project(line: str) -> Path | None:
    """Return the folder of a line."""
    try:
        found = json.loads(line)
    except ValueError:
        return None
    return Path(found) if isinstance(found, str) and found.startswith("/") and "\0" not in found else None
