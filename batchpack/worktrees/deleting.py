"""Folders deleted so that nobody ever takes what is left of one for the whole."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

TRASH = ".removed"
"""How the name of a folder ends that is being deleted."""
LOCK_SECONDS = 0.5
ASIDE = "batchpack-aside"
"""A folder below git's own in which records of worktrees are written and deleted, out of git's sight."""


def worktree(path: Path, record: Path) -> None:
    """Delete a worktree's folder and git's record of it, the record last: until then a killed call can be repeated."""
    folder(path)
    if record.exists():
        gone = aside(record.parent.parent, record.name)
        gone.parent.mkdir(exist_ok=True)
        record.rename(gone)
        shutil.rmtree(gone, ignore_errors=True)


def folder(path: Path) -> None:
    """Delete a folder: it goes in one step, by another name beside it."""
    if path.exists():
        trash = path.with_name(f".{path.name}.{_unique()}{TRASH}")
        path.rename(trash)
        shutil.rmtree(trash, ignore_errors=True)


def aside(common: Path, name: str) -> Path:
    """Return a path for a record that git is not to see, which nobody else has."""
    return common / ASIDE / f"{name}.{_unique()}"


def _unique() -> str:
    """Return letters that no other call returns."""
    return f"{os.getpid()}-{os.urandom(6).hex()}"


def sweep(parent: Path, common: Path) -> None:
    """Delete for good what killed processes left in a folder of worktrees and aside; what a living one writes stays."""
    for path in [*parent.glob(f".*{TRASH}"), *(common / ASIDE).glob("*")]:
        maker = path.name.removesuffix(TRASH).rpartition(".")[2].partition("-")[0]
        if maker.isdigit() and not _is_alive(int(maker)):
            shutil.rmtree(path, ignore_errors=True)


def _is_alive(pid: int) -> bool:
    """Tell whether there is a process of a number."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def stale_locks(common: Path, branch: str, record: Path | None = None) -> None:
    """Delete the locks that a killed git left on a branch of ours and on a worktree, which no living one can hold.

    Only to be called by the one who is in charge of both; what a git that just ends still holds is waited for.
    """
    locks = [common / f"refs/heads/{branch}.lock"]
    if record is not None:
        locks += [record / "index.lock", record / "HEAD.lock"]
    end = time.monotonic() + LOCK_SECONDS
    while (held := [lock for lock in locks if lock.exists()]) and time.monotonic() < end:
        time.sleep(0.02)
    for lock in held:
        lock.unlink(missing_ok=True)
