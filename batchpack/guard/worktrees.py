"""Worktrees that batchpack made, found by git's records in the project that a call is made in.

Nothing counts that an agent could have written into its own worktree: that only has to agree.
"""

from __future__ import annotations

import json
import os

from batchpack.guard.places import Place
from batchpack.guard.refusal import Refused, shown

MARK = "batchpack.json"
"""What batchpack puts into git's record of a worktree that it has wholly made."""
BIGGEST = 65536
INSTEAD = "work in the folder that your message names, with every path in full"


def place_of(path: str, place: Place) -> Place:
    """Return the worktree that a path leads into, as the place to judge it in; raises Refused for another path."""
    tree = around(place.real(path), place)
    if tree is None:
        raise Refused(f"{shown(path)} lies in no worktree that batchpack made of this project", INSTEAD)
    return place.of(tree)


def around(real: str, place: Place) -> str | None:
    """Return the folder of the worktree that a real path lies in; None where there is none."""
    records = os.path.join(place.root, ".git", "worktrees")
    if os.path.islink(os.path.dirname(records)) or os.path.islink(records) or not os.path.isdir(records):
        return None  # a session that was opened in a linked worktree has a file for `.git`, which proves nothing
    for name in os.listdir(records):
        record = os.path.join(records, name)
        tree = _tree(record)
        if tree and (real == tree or real.startswith(tree + "/")) and _is_whole(record, tree, place):
            return tree
    return None


def _tree(record: str) -> str:
    """Return the folder that a record is about; empty for none."""
    file = _linked(record, _first_line(os.path.join(record, "gitdir")))
    return os.path.dirname(file) if os.path.basename(file) == ".git" else ""


def _is_whole(record: str, tree: str, place: Place) -> bool:
    """Tell whether a record bears batchpack's mark and agrees with its folder, which lies apart from the project."""
    apart = not place.holds(tree) and not place.root.startswith(tree.rstrip("/") + "/")
    if not apart or os.path.islink(record) or os.path.realpath(tree) != tree:
        return False
    file = os.path.join(tree, ".git")
    if os.path.islink(file) or not os.path.isfile(file):
        return False
    line = _first_line(file)
    leads = _linked(tree, line.removeprefix("gitdir: ")) if line.startswith("gitdir: ") else ""
    return os.path.realpath(leads) == record and _is_marked(record)


def _is_marked(record: str) -> bool:
    """Tell whether batchpack's mark stands in a record."""
    try:
        found = json.loads(_text(os.path.join(record, MARK)))
    except (ValueError, RecursionError):
        return False
    return isinstance(found, dict) and bool(found.get("ready"))


def _linked(folder: str, path: str) -> str:
    """Return a path as it stands in one of git's files: newer gits may write relative ones."""
    return os.path.normpath(os.path.join(folder, path)) if path else ""


def _first_line(file: str) -> str:
    """Return the first line of a small file; empty where there is none."""
    return _text(file).split("\n", 1)[0]


def _text(file: str) -> str:
    """Return the text of a small plain file; empty where there is none."""
    try:
        if os.path.islink(file) or not os.path.isfile(file) or os.path.getsize(file) > BIGGEST:
            return ""
        with open(file, encoding="utf-8") as stream:
            return stream.read()
    except (OSError, ValueError):
        return ""
