"""The files that a feature's agents should read, each once, with its size: bounded, so that no context is flooded."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from batchpack.tasks.values import Feature, one_line

KINDS = {"context_files": "Context files", "reference_files": "Reference files"}


@dataclass(frozen=True, slots=True)
class Entry:
    """A file to read: `size` in bytes, None when `note` says why; `used_by` are sequences, empty for all."""

    kind: str
    path: str
    size: int | None
    note: str
    used_by: tuple[str, ...]


def entries(feature: Feature, project: Path) -> list[Entry]:
    """List the context and reference files of a feature and of its subtasks."""
    users: dict[tuple[str, str], list[str]] = {}
    for kind in KINDS:
        for path in _paths((feature.task or {}).get(kind)):
            users.setdefault((kind, path), []).append("")
        for subtask in feature.subtasks:
            for path in _paths(subtask.data.get(kind)):
                users.setdefault((kind, path), []).append(subtask.seq)
    return [_entry(project, kind, path, seqs) for (kind, path), seqs in users.items()]


def _paths(found: Any) -> Iterator[str]:
    """Return the paths of a list whose members are texts, or objects with `path` and perhaps `lines`."""
    for each in found if isinstance(found, list) else ():
        path = each.get("path") if isinstance(each, Mapping) else each
        if isinstance(path, str) and path.strip():
            yield path.strip()


def _entry(project: Path, kind: str, path: str, seqs: Iterable[str]) -> Entry:
    """Look at a file without reading it."""
    used_by = tuple(dict.fromkeys(seqs))
    size, note = _look(project, path)
    return Entry(kind, one_line(path), size, note, () if "" in used_by else used_by)


def _look(project: Path, path: str) -> tuple[int | None, str]:
    """Return the size of a file of the project, or why there is none."""
    if any(letter in path for letter in "*?{"):
        return None, "pattern"
    try:
        file = (project / path).resolve()
        if not file.is_relative_to(project.resolve()):
            return None, "outside the project"
        if file.is_dir():
            return None, "folder"
        return (file.stat().st_size, "") if file.is_file() else (None, "missing")
    except (OSError, ValueError):
        return None, "missing"


def lines(feature: Feature, found: list[Entry], limit: int) -> Iterator[str]:
    """Say the files by kind, at most `limit` of them, and their number and size."""
    yield from ("", f"=== Context: {feature.name} ===", "")
    for kind, heading in KINDS.items():
        of_kind = [entry for entry in found[:limit] if entry.kind == kind]
        if of_kind:
            yield f"{heading}:"
            yield from (f"  {entry.path}  ({_said(entry)})" for entry in of_kind)
    if len(found) > limit:
        yield f"… and {len(found) - limit} more; --limit shows more of them"
    sizes = [entry.size for entry in found if entry.size is not None]
    yield from ("" if found else "no context or reference files are named", f"{len(found)} files, {_size(sum(sizes))}")


def _said(entry: Entry) -> str:
    """Say an entry's size or what is odd, and who needs it."""
    size = entry.note if entry.size is None else _size(entry.size)
    return f"{size}; for {', '.join(entry.used_by)}" if entry.used_by else size


def _size(count: int) -> str:
    """Say a size in bytes or kilobytes of 1,000."""
    return f"{count} B" if count < 1000 else f"{count / 1000:.1f} kB"
