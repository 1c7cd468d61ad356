"""Copies of the newest run's results at the top of a run root in the home, where people look for them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from batchpack import files, places
from batchpack.runs.store import Run, age

RECORD = ".newest.json"


def _applies(run: Run) -> bool:
    """Tell whether a run's root wants copies: it lies outside the project, and no newer run is there."""
    root = run.facts.root
    if root.is_relative_to(run.facts.project) and root.name == ".batchpack":
        return False
    newest = str(_read(root)["run"])
    later = not newest or age(run.folder) >= age(root / "runs" / newest)
    return later and root.is_relative_to(places.home())


def copy(run: Run, path: Path) -> None:
    """Copy a result file to the top; a file there that is not ours is set aside under another name first."""
    if not _applies(run):
        return
    root, data = run.facts.root, path.read_bytes()
    with files.locked(root / ".newest.lock", str(root)):
        record = _read(root)
        top = root / path.name
        if top.is_file() and files.fingerprint(top.read_bytes()) != record["files"].get(path.name):
            _set_aside(top, data)
        files.write_atomic(top, data)
        record["files"][path.name] = files.fingerprint(data)
        files.write_atomic(root / RECORD, json.dumps({**record, "run": run.id}))


def _set_aside(top: Path, data: bytes) -> None:
    """Rename a file of someone else, unless it says what ours says."""
    if top.read_bytes() == data:
        return
    number = next(n for n in range(1, 10_000) if not top.with_name(f"{top.name}.before-{n}").exists())
    top.rename(top.with_name(f"{top.name}.before-{number}"))


def clear(run: Run) -> None:
    """Take away an older run's copies when a new run starts; each still stands in its own run's directory."""
    if not _applies(run):
        return
    root = run.facts.root
    with files.locked(root / ".newest.lock", str(root)):
        for name, known in _read(root)["files"].items():
            top = root / Path(name).name
            if top.is_file() and files.fingerprint(top.read_bytes()) == known:
                top.unlink()
        files.write_atomic(root / RECORD, json.dumps({"run": run.id, "files": {}}))


def _read(root: Path) -> dict[str, Any]:
    """Return which run's copies stand at the top, each with its fingerprint."""
    try:
        found = json.loads((root / RECORD).read_text())
    except (OSError, ValueError):
        return {"run": "", "files": {}}
    fine = isinstance(found, dict) and isinstance(found.get("files"), dict) and "run" in found
    return found if fine else {"run": "", "files": {}}
