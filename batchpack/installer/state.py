"""The installer's own state folder: one lock for all installs, and no trace once nothing is installed."""

from __future__ import annotations

import errno
import fcntl
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
TRIES = 100
OVERTAKEN = (errno.ENOENT, errno.EEXIST, errno.ENOTEMPTY)
"""What making folders fails with when another process makes or removes them at the same time."""


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
    owed: list[str] = []
    try:
        with _held():
            try:
                yield
            finally:
                owed = _sweep()
    finally:
        for _ in range(TRIES):  # another process came in while the folders went: its note must name them too
            if not owed:
                break
            with _held():
                _note(owed)
                owed = _sweep()


@contextmanager
def _held() -> Iterator[None]:
    """Hold the lock, with the folders there."""
    lock = places.state_folder() / LOCK
    with locked(lock, "the installer", float(os.environ.get(WAIT, "30")), make=_make):
        _make()
        _clear_half_made()
        yield


def _note(more: list[str]) -> None:
    """Add folders to those that are ours."""
    folder = receipts.folder()
    (folder / MADE).write_text(json.dumps(sorted({*more, *_made(folder)})))


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
            with suppress(OSError):  # renamed first: its maker may be about to give it its name, half removed
                shutil.rmtree(left.rename(left.with_name(f"{left.name}-")))


@contextmanager
def _alone() -> Iterator[None]:
    """Let one process at a time make or remove the folders; a file system without such locks goes on without."""
    handle = os.open(places.home(), os.O_RDONLY | os.O_CLOEXEC)
    try:
        with suppress(OSError):
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _make() -> None:
    """Make the folder of receipts where it is missing."""
    if not receipts.folder().is_dir():
        with _alone():
            _make_in_one_step()


def _make_in_one_step() -> None:
    """Make the folder of receipts in one step, with a note inside on which folders around it are ours.

    It is made under another name and renamed, so that a crash leaves either all of it or a folder that `tidy` knows.
    """
    folder = receipts.folder()
    while missing := [path for path in (folder, *folder.parents) if not path.exists()]:
        try:
            fresh = Path(tempfile.mkdtemp(prefix=f"{missing[-1].name}{NEW}", dir=missing[-1].parent))
        except FileNotFoundError:
            continue  # the folder around it went
        except OSError as error:
            raise Unwritable(folder, error.strerror or str(error)) from error
        try:
            _fill(fresh, fresh / folder.relative_to(missing[-1]), [str(path) for path in missing])
            fresh.rename(missing[-1])
        except OSError as error:
            shutil.rmtree(fresh, ignore_errors=True)
            if error.errno not in OVERTAKEN:
                raise Unwritable(folder, error.strerror or str(error)) from error


def _fill(fresh: Path, folder: Path, ours: list[str]) -> None:
    """Make the inner folders and the note."""
    fresh.chmod(0o755)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MADE).write_text(json.dumps(ours))


def _sweep() -> list[str]:
    """Remove backups without a receipt, and the whole state folder when no receipt is left and nobody else uses it.

    Returns folders of ours that could not go since another process takes the lock just now.
    """
    folder = receipts.folder()
    for left in folder.glob("*-*-*"):
        if not (left / receipts.RECEIPT).exists():
            shutil.rmtree(left, ignore_errors=True)
    if not folder.is_dir() or any(folder.glob(f"*/{receipts.RECEIPT}")):
        return []
    with _alone():
        return _remove(folder)


def _remove(folder: Path) -> list[str]:
    """Remove the state folder and those around it that are ours; returns those that another process stepped into."""
    made = _made(folder)
    try:
        (folder / MADE).unlink(missing_ok=True)
        folder.rmdir()
        (places.state_folder() / LOCK).unlink(missing_ok=True)
    except OSError:
        return []
    with suppress(OSError):
        for name in made[1:]:
            Path(name).rmdir()
    standing = [name for name in made if Path(name).is_dir()]
    return standing if all(_only_ours(Path(name)) for name in standing) else []


def _only_ours(path: Path) -> bool:
    """Tell whether a folder holds nothing but what the installer makes."""
    folder = receipts.folder()
    ours = {LOCK, MADE, *(way.name for way in (folder, *folder.parents))}
    with suppress(OSError):
        return all(one.name in ours or NEW in one.name for one in path.iterdir())
    return True


def _made(folder: Path) -> list[str]:
    """Return the folders that are ours, innermost first; without a note only the two that bear our name."""
    ways = [str(path) for path in (folder, *folder.parents)]
    try:
        made = json.loads((folder / MADE).read_text())
    except (OSError, ValueError):
        return ways[:2]
    return [path for path in ways if path in made]
