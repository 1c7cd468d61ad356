"""The installer's own state folder: one lock for all installs, and no trace once nothing is installed."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from batchpack import places
from batchpack.errors import BatchpackError, Unwritable
from batchpack.files import locked
from batchpack.installer import receipts

LOCK, MADE, NEW = "install.lock", "made.json", ".batchpack-new-"
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
        _clear_half_made()
        try:
            yield
        finally:
            _sweep()


def tidy() -> None:
    """Remove what an install that died early left of the state folder."""
    _clear_half_made()
    if receipts.folder().is_dir() or (places.state_folder() / LOCK).exists():
        with exclusive():
            pass


def _clear_half_made() -> None:
    """Remove state folders that never got their name; a live process that makes one now starts again."""
    folder = receipts.folder()
    for path in (folder, *folder.parents):
        for left in path.parent.glob(f"{path.name}{NEW}*"):
            shutil.rmtree(left, ignore_errors=True)


def _make() -> None:
    """Make the folder of receipts in one step, with a note inside on which folders around it are ours.

    It is made under another name and renamed, so that a crash leaves either all of it or a folder that `tidy` knows.
    """
    folder = receipts.folder()
    while not folder.is_dir():
        missing = [path for path in (folder, *folder.parents) if not path.exists()]
        if not missing:
            continue
        top = missing[-1]
        try:
            fresh = Path(tempfile.mkdtemp(prefix=f"{top.name}{NEW}", dir=top.parent))
            _fill(fresh, fresh / folder.relative_to(top), [str(path) for path in missing])
            fresh.rename(top)
        except OSError as error:
            if not top.exists():
                raise Unwritable(folder, error.strerror or str(error)) from error
            shutil.rmtree(fresh, ignore_errors=True)  # another process was quicker


def _fill(fresh: Path, folder: Path, ours: list[str]) -> None:
    """Make the inner folders and the note."""
    fresh.chmod(0o755)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MADE).write_text(json.dumps(ours))


def _sweep() -> None:
    """Remove backups without a receipt, and the whole state folder when no receipt is left and nobody else uses it."""
    folder = receipts.folder()
    for left in folder.glob("*-*-*"):
        if not (left / receipts.RECEIPT).exists():
            shutil.rmtree(left, ignore_errors=True)
    if not folder.is_dir() or any(folder.glob(f"*/{receipts.RECEIPT}")):
        return
    made = _made(folder)
    with suppress(OSError):
        (folder / MADE).unlink(missing_ok=True)
        folder.rmdir()
        (places.state_folder() / LOCK).unlink(missing_ok=True)
        for path in made[1:]:
            Path(path).rmdir()


def _made(folder: Path) -> list[str]:
    """Return the folders that are ours, innermost first; without a note only the two that bear our name."""
    ways = [str(path) for path in (folder, *folder.parents)]
    try:
        made = json.loads((folder / MADE).read_text())
    except (OSError, ValueError):
        return ways[:2]
    return [path for path in ways if path in made]
