"""Git's own records of worktrees, read as files: fast, and not misled by what an agent wrote into its worktree."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from batchpack import files, git

MARK = "batchpack.json"
"""A file in git's record of a worktree that stands there from when it is wholly made until it is taken away."""


def records(common: Path) -> Iterator[Path]:
    """Name git's records of all linked worktrees."""
    folder = common / "worktrees"
    if folder.is_dir():
        yield from sorted(folder.iterdir())


def find(common: Path, path: Path) -> Path | None:
    """Return git's record of the worktree at a path, the likeliest place first; None where there is none."""
    likely = common / "worktrees" / path.name
    if tree_of(likely) == path:
        return likely
    return next((record for record in records(common) if tree_of(record) == path), None)


def tree_of(record: Path) -> Path | None:
    """Return the folder that a record is about; None for a record that was only begun."""
    text = _first_line(record / "gitdir")
    return _absolute(record, text).parent if text else None


def branch_of(record: Path) -> str:
    """Return the branch of a worktree; empty for a detached HEAD."""
    text = _first_line(record / "HEAD")
    return text.removeprefix("ref: refs/heads/") if text.startswith("ref: refs/heads/") else ""


def points_to(path: Path, record: Path) -> bool:
    """Tell whether a worktree's `.git` is the file that leads to this record."""
    file = path / ".git"
    if file.is_symlink() or not file.is_file():
        return False
    text = _first_line(file)
    return text == f"gitdir: {record}" or (
        text.startswith("gitdir: ") and _absolute(path, text.removeprefix("gitdir: ")) == record
    )


def _absolute(folder: Path, text: str) -> Path:
    """Return a path as it stands in one of git's files: newer gits may write relative ones."""
    return Path(text) if text.startswith("/") else Path(os.path.normpath(folder / text))


def tip(common: Path, branch: str) -> str | None:
    """Return the commit of a branch, None where there is no such branch: from its file, else from git."""
    found = _first_line(common / "refs/heads" / branch)
    if found:
        return found
    done = git.ask(common, "rev-parse", "--verify", "--quiet", "--end-of-options", f"refs/heads/{branch}", check=False)
    return done.out.strip() if done.code == 0 else None


def origin(common: Path, branch: str) -> str:
    """Return the commit that a branch was made at, from git's log of it; empty where git keeps none."""
    words = _first_line(common / "logs/refs/heads" / branch).split(" ")
    return words[1] if len(words) > 1 and not words[0].strip("0") else ""


def mark(record: Path) -> dict[str, Any] | None:
    """Return what was noted when a worktree was wholly made; None for one that was not."""
    try:
        facts = json.loads((record / MARK).read_bytes())
    except (OSError, ValueError):
        return None
    return facts if isinstance(facts, dict) else None


def set_mark(record: Path, facts: dict[str, Any]) -> None:
    """Note that a worktree is wholly made."""
    files.write_atomic(record / MARK, json.dumps(facts))


def unmark(record: Path) -> None:
    """Note that a worktree is no longer whole, before the first piece of it goes."""
    (record / MARK).unlink(missing_ok=True)


def lock(record: Path, reason: str) -> None:
    """Have git leave a worktree alone, in the way of `git worktree lock`."""
    files.write_atomic(record / "locked", reason + "\n")


def unlock(record: Path) -> None:
    """Give a worktree free; one that is free already is fine."""
    (record / "locked").unlink(missing_ok=True)


def reason(record: Path) -> str | None:
    """Return why a worktree is locked; None for one that is free."""
    try:
        return (record / "locked").read_text(errors="replace").strip()
    except OSError:
        return None


def _first_line(file: Path) -> str:
    """Return the first line of a small file; empty where there is no such file."""
    with suppress(OSError, UnicodeDecodeError):
        return file.read_text().split("\n", 1)[0]
    return ""
