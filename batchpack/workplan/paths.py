"""Paths that a plan names: they stay inside the project, and out of what git keeps there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

from batchpack.tasks.values import one_line

LENGTH_LIMIT = 1000


def faults(what: str, path: str, *, patterns: bool = True) -> Iterator[str]:
    """Say what is wrong with a path or pattern; without `patterns`, a `*` is wrong as well."""
    shown = f"{what} {one_line(path)[:80]!r}"
    parts = PurePosixPath(path.replace("\\", "/")).parts
    if not path.strip() or len(path) > LENGTH_LIMIT or one_line(path) != path:
        yield f"{shown} is no path"
    elif path.startswith(("/", "~", "\\")) or path[1:2] == ":" or ".." in parts:
        yield f"{shown} leads out of the project; name it from the project's folder on, without '..'"
    elif any(part.casefold() == ".git" for part in parts):
        yield f"{shown} lies in what git itself keeps"
    elif path.startswith((":", "!")):
        yield f"{shown} begins with a sign that has a meaning for git"
    elif not patterns and "*" in path:
        yield f"{shown} is a pattern; patterns belong into scope, where they say what may change"
