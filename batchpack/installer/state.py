"""The installer's own state folder: one lock for all installs, and no trace once nothing is installed."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from batchpack import places
from batchpack.errors import BatchpackError, Unwritable
from batchpack.files import locked, write_atomic
from batchpack.installer import receipts

LOCK, MADE = "install.lock", "made.json"
WAIT = "BATCHPACK_LOCK_SECONDS"
"""How long an install waits for another one."""


class NoHome(BatchpackError):
    """HOME does not name a folder."""

    def __init__(self, home: Path) -> None:
        super().__init__(f"the home folder {str(home)!r} is not there", "set HOME to your home folder and try again")


def check_home() -> Path:
    """Return the user's home folder; raises NoHome when there is none."""
    try:
        home = places.home()
    except RuntimeError as error:
        raise NoHome(Path()) from error
    if not os.environ.get("HOME", "-") or not home.is_absolute() or not home.is_dir():
        raise NoHome(home)
    return home


@contextmanager
def exclusive() -> Iterator[None]:
    """Hold the lock of all installs of this user; the state folder is made for it and goes when it stays empty."""
    _make()
    with locked(places.state_folder() / LOCK, "the installer", float(os.environ.get(WAIT, "30"))):
        _make()
        try:
            yield
        finally:
            _sweep()


def _make() -> None:
    """Make the folder of receipts, remembering which folders around it are ours."""
    folder = receipts.folder()
    missing = [str(path) for path in (folder, *folder.parents) if not path.exists()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Unwritable(folder, error.strerror or str(error)) from error
    if missing and not (folder / MADE).exists():
        write_atomic(folder / MADE, json.dumps(missing))


def _sweep() -> None:
    """Remove the state folder and what we made around it when no receipt is left and nobody else uses it."""
    folder = receipts.folder()
    if not folder.is_dir() or any(folder.glob(f"*/{receipts.RECEIPT}")):
        return
    for left in folder.glob("*-*-*"):
        with suppress(OSError):
            _empty(left)
    made = _made(folder)
    with suppress(OSError):
        (folder / MADE).unlink(missing_ok=True)
        (places.state_folder() / LOCK).unlink(missing_ok=True)
        for path in made:
            Path(path).rmdir()


def _empty(folder: Path) -> None:
    """Remove a folder of backups whose receipt is gone."""
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()


def _made(folder: Path) -> list[str]:
    """Return the folders that are ours, innermost first; without a record all empty ones up to the home's own."""
    try:
        made = json.loads((folder / MADE).read_text())
    except (OSError, ValueError):
        return [str(folder), str(folder.parent)]
    ways = {str(path) for path in (folder, *folder.parents)}
    return [path for path in made if path in ways] if isinstance(made, list) else []
