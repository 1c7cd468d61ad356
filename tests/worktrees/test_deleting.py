"""Folders deleted in one step."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from batchpack.worktrees import deleting


def test_folder_and_record_go_and_leave_nothing(tmp_path: Path) -> None:
    """Both are gone, nothing of other names stays, and what is gone already is fine."""
    path, record = tmp_path / "trees/one", tmp_path / "git/worktrees/one"
    for place in (path, record):
        place.mkdir(parents=True)
        (place / "file").write_text("x")

    deleting.worktree(path, record)
    deleting.worktree(path, record)

    assert ([], []) == (list(path.parent.iterdir()), list(record.parent.iterdir()))
    assert [] == list((tmp_path / "git" / deleting.ASIDE).iterdir())


def test_what_killed_deletions_left_is_swept(tmp_path: Path) -> None:
    """Folders of dead processes go for good; those of living ones, and others with like names, stay."""
    with subprocess.Popen(["/bin/true"]) as child:
        child.wait()
    dead, living = f"{child.pid}-0a", f"{os.getpid()}-0a"
    aside = tmp_path / "git" / deleting.ASIDE
    for path in (f".one.{dead}.removed", f".one.{living}.removed", "kept.removed", ".kept"):
        (tmp_path / path).mkdir()
    for path in (f"one.{dead}", f"one.{living}"):
        (aside / path).mkdir(parents=True)

    deleting.sweep(tmp_path, tmp_path / "git")

    assert {f".one.{living}.removed", "kept.removed", ".kept", "git"} == {path.name for path in tmp_path.iterdir()}
    assert [f"one.{living}"] == [path.name for path in aside.iterdir()]


def test_locks_of_the_dead_go(tmp_path: Path) -> None:
    """Locks on a branch and a worktree are waited for and then deleted; where there are none nothing is waited for."""
    record = tmp_path / "worktrees/one"
    locks = [tmp_path / "refs/heads/a/b.lock", record / "index.lock", record / "HEAD.lock"]
    for lock in locks:
        lock.parent.mkdir(parents=True, exist_ok=True)
        lock.touch()
    other = tmp_path / "packed-refs.lock"
    other.touch()

    deleting.stale_locks(tmp_path, "a/b", record)

    assert [False, False, False, True] == [lock.exists() for lock in (*locks, other)]
