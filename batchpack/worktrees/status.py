"""What differs in a work tree from its commit, as git tells it, path by path."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from batchpack import git

FIELDS = {"1": 8, "2": 9, "u": 10}
"""How many fields stand before the path in each kind of line."""


class Entry(NamedTuple):
    """A path that is not as in the commit: `facts` is all that git says on it, `kind` is `1`, `u` (conflict) or `?`.

    `is_repository`: a submodule that changed, or a folder with a repository of its own that git does not look into.
    """

    path: str
    kind: str
    facts: str
    is_repository: bool

    @property
    def is_staged(self) -> bool:
        """Tell whether the index differs from the commit."""
        return self.kind == "1" and self.facts[2] != "."

    @property
    def is_removed(self) -> bool:
        """Tell whether the path is in the commit alone, as `git rm` and `git mv` leave it."""
        return self.kind == "1" and self.facts[2:4] == "D."

    @property
    def mode(self) -> str:
        """Return the mode of a path in the commit, as git writes it; empty for one that is not in it."""
        return self.facts.split(" ")[3] if self.kind == "1" else ""

    @property
    def blob(self) -> str:
        """Return the name of a path's content in the commit; empty for one that is not in it."""
        return self.facts.split(" ")[6] if self.kind == "1" else ""


class Found(NamedTuple):
    """The state of a work tree: its commit, its branch (`(detached)` without one) and all that differs."""

    head: str
    branch: str
    entries: tuple[Entry, ...]


def place(tree: Path, record: Path) -> dict[str, str]:
    """Return the variables by which git takes a folder for the work tree of a record, whatever its `.git` says."""
    return {"GIT_DIR": str(record), "GIT_WORK_TREE": str(tree)}


def read(tree: Path, record: Path | None = None) -> Found:
    """Ask git for the state of a work tree; untracked files are named one by one, ignored ones not at all.

    With its record given, git is not led astray by a `.git` that was changed in it.
    """
    words = ("--porcelain=v2", "--branch", "--untracked-files=all", "--no-renames", "--ignore-submodules=none")
    done = git.ask(
        tree,
        "-c",
        "core.quotePath=true",
        "status",
        *words,
        timeout=600,
        env=None if record is None else place(tree, record),
    )
    heads, entries = {}, []
    for line in done.out.splitlines():
        if line.startswith("# "):
            _, name, value = line.split(" ", 2)
            heads[name] = value
        else:
            entries.append(_entry(line))
    return Found(heads["branch.oid"], heads["branch.head"], tuple(entries))


def _entry(line: str) -> Entry:
    """Read a line on a path."""
    kind = line[0]
    if kind not in FIELDS:
        path = git.unquote(line[2:])
        return Entry(path.rstrip("/"), kind, "", path.endswith("/"))
    *facts, path = line.split(" ", FIELDS[kind])
    return Entry(git.unquote(path), kind, " ".join(facts), facts[2].startswith("S"))
