"""Changes to features: lock, read again, check, write; the subtask first, then the counts that the files give."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from batchpack import files
from batchpack.clock import now
from batchpack.errors import BrokenFile, Unwritable
from batchpack.tasks.loading import folder_of, load
from batchpack.tasks.reading import parse, read_bytes, to_subtask
from batchpack.tasks.values import ARCHIVE, TASK, Feature, Refused, Subtask, check_name

ATTEMPTS = 5
"""How often a change is made anew because an editor wrote the same file in the same moment."""

Update = Mapping[str, Any]
Decide = Callable[[Feature, Subtask], Update]
"""Says what a change sets in a subtask's JSON (a key set to DROP goes), or raises Refused."""
DROP = object()


def not_before(earlier: object) -> str:
    """Return the time, or an earlier entry of the same file where the clock went back since."""
    present = now()
    comparable = isinstance(earlier, str) and len(earlier) == len(present) and earlier.endswith("Z")
    return max(present, str(earlier)) if comparable else present


@contextmanager
def held(root: Path, name: str) -> Iterator[None]:
    """Hold a feature's lock. It lies beside the feature's folder, so that archiving does not move it.

    A feature that is a link to another one has that one's lock, since it has its files.
    """
    folder = root / check_name(name)
    linked = os.path.islink(folder)  # noqa: PTH114 - Path.is_symlink raises where a folder may not be entered
    real = Path(os.path.realpath(folder)) if linked else folder
    with files.locked(real.parent / f".{real.name}.lock", f"feature {name}"):
        yield


def change(root: Path, name: str, seq: str, decide: Decide) -> tuple[Feature, Subtask]:
    """Change one subtask and the feature's counts; returns both as they are now.

    Raises what `decide` raises, NoFeature, UnknownTask, BrokenFile for a subtask file that cannot be read.
    """
    folder_of(root, name)
    with held(root, name):
        sweep(root / name)
        for _ in range(ATTEMPTS - 1):
            try:
                return _change_once(root, name, seq, decide)
            except files.Changed:
                continue
        return _change_once(root, name, seq, decide)


def _change_once(root: Path, name: str, seq: str, decide: Decide) -> tuple[Feature, Subtask]:
    """Mend the counts that a crash may have left, then write the subtask, then the counts."""
    feature = settle(load(root, name))
    old = feature.find(seq)
    path = feature.folder / old.file
    raw = read_bytes(path)
    data = parse(path, raw, wary=True)
    old = to_subtask(feature.folder, old.file, data, raw)
    new = merged(data, decide(feature, old))
    write_json(path, new, known=raw)
    subtask = to_subtask(feature.folder, old.file, new, raw)
    subtasks = tuple(subtask if each.file == old.file else each for each in feature.subtasks)
    return settle(replace(feature, subtasks=subtasks)), subtask


def settle(feature: Feature, *, count_exactly: bool = False, attempts: int = ATTEMPTS) -> Feature:
    """Write the counts of task.json if the subtask files say otherwise; a broken or missing task.json is left alone.

    A `subtask_count` above the number of files may announce subtasks to come; `count_exactly` sets it all the same.
    Against somebody who writes task.json all the time it gives up after some attempts, and where task.json cannot be
    written it tells so among the problems, since the subtask is what counts; the next change mends the counts.
    """
    if feature.task is None:
        return feature
    path = feature.folder / TASK
    try:
        raw = read_bytes(path)
        data = parse(path, raw, wary=True)
    except BrokenFile as error:
        return replace(feature, task=None, problems=(*feature.problems, error))
    new = merged(data, _counts(feature, data, exactly=count_exactly))
    try:
        if new != data:
            write_json(path, new, known=raw)
    except files.Changed:
        return settle(feature, count_exactly=count_exactly, attempts=attempts - 1) if attempts > 1 else feature
    except Unwritable as error:
        stale = BrokenFile(path, f"its counts could not be written ({error.reason}); the next change mends them")
        return replace(feature, task=new, problems=(*feature.problems, stale))
    return replace(feature, task=new)


def _counts(feature: Feature, data: Update, *, exactly: bool) -> Update:
    """Return the counts that the subtask files give."""
    announced = data.get("subtask_count")
    keep = type(announced) is int and announced >= feature.present and not exactly
    counts = {"subtask_count": announced if keep else feature.present}
    return {**counts, "completed_count": feature.count("completed")}


def merged(data: Update, update: Update) -> dict[str, Any]:
    """Return an object with some values replaced in place, new keys at its end and DROPped ones gone."""
    return {key: value for key, value in {**data, **update}.items() if value is not DROP}


def write_json(path: Path, data: Update, *, known: bytes | None = None) -> None:
    """Write an object as task files have it: two spaces of indent, a final line end only where there was one.

    A file that somebody made read-only is not replaced, though its folder would allow it; raises Unwritable.
    """
    if known is not None and not os.access(path, os.W_OK):
        raise Unwritable(path, "it is read-only")
    text = json.dumps(data, indent=2, ensure_ascii=False)
    ending = "\n" if known is not None and known.endswith(b"\n") else ""
    try:
        payload = (text + ending).encode()
    except UnicodeEncodeError:  # half a surrogate pair, which JSON can hold as \ud800 and UTF-8 cannot
        payload = (json.dumps(data, indent=2) + ending).encode()
    files.write_atomic(path, payload, known=known)


def sweep(folder: Path) -> None:
    """Remove the temporary files of writers that were killed: whoever holds the lock is the only writer."""
    for pattern in (f".{TASK}.*.tmp", ".subtask_*.json.*.tmp"):
        for left in folder.glob(pattern):
            with suppress(OSError):
                left.unlink()


def archive(root: Path, name: str, *, force: bool) -> Path:
    """Move a feature to the archive; raises Refused while subtasks are open, unless forced, or when it is there."""
    folder = folder_of(root, name)
    if folder.is_symlink():
        raise Refused(f"{name} is a link to {os.path.realpath(folder)}", "archive that one")
    target = root / ARCHIVE / name
    if os.path.lexists(target.parent) and (target.parent.is_symlink() or not target.parent.is_dir()):
        raise Refused(f"{target.parent} is no folder of the tasks folder", "rename it; the archive stands in its place")
    with held(root, name):
        sweep(folder)
        feature = settle(load(root, name))
        done = feature.count("completed") == feature.present
        if not done and not force:
            open_ones = ", ".join(s.seq for s in feature.subtasks if s.status != "completed") or "unreadable files"
            raise Refused(f"{name} has open subtasks: {open_ones}", "complete them, or archive it with --force")
        if os.path.lexists(target):
            raise Refused(f"{target} is there already", "rename one of the two folders")
        _close(feature, status="completed" if done else "archived")
        _move(feature.folder, target)
        return target


def _close(feature: Feature, status: str) -> None:
    """Write a feature's last status."""
    if feature.task is None:
        return
    path = feature.folder / TASK
    raw = read_bytes(path)
    data = parse(path, raw, wary=True)
    closing = {"status": status, "completed_at": data.get("completed_at") or not_before(data.get("created_at"))}
    write_json(path, merged(data, closing), known=raw)


def _move(folder: Path, target: Path) -> None:
    """Rename a folder and force both parents to disk."""
    try:
        target.parent.mkdir(exist_ok=True)
        folder.rename(target)
        files.sync_folder(target.parent)
        files.sync_folder(folder.parent)
    except OSError as error:
        raise Unwritable(target, error.strerror or str(error)) from error
