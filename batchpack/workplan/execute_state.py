"""`execute-state.json` beside task files: read leniently, changed under a lock, with all that others keep in it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from batchpack import files
from batchpack.clock import now
from batchpack.errors import BatchpackError, BrokenFile, Unwritable

FILE = "execute-state.json"
TRIES = 3
STATUSES = ("pending", "in_progress", "verified", "failed", "abandoned", "merged")
QUEUE = ("ready", "merging", "merged", "conflict", "culprit")
PLACES = ("worktree_path", "branch", "commit_hash")
State = dict[str, Any]


class NotWritten(BatchpackError):
    """A state that could not be written, which the caller reports and decides on."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(
            f"{path} could not be written in {TRIES} tries: {reason}",
            "what the tasks did is safe in their branches; mend the reason and record the results again",
        )


def read(tasks: Path) -> State:
    """Return the state in a folder of tasks, an empty one where there is none; raises BrokenFile.

    `tasks` maps an id to its entry, `merge_queue` and `abandoned` are lists; each is there.
    """
    return _parsed(tasks / FILE, _bytes(tasks / FILE))


def update(tasks: Path, change: Callable[[State], None]) -> State:
    """Change the state under its lock and return it; raises NotWritten after three tries, BrokenFile for a broken one.

    `change` gets the state as it is now and may be called once for each try.
    """
    path = tasks / FILE
    reason: BatchpackError | None = None
    for _ in range(TRIES):
        try:
            with files.locked(tasks / f".{FILE}.lock", f"{path}"):
                return _write(path, change)
        except (Unwritable, files.Changed) as error:
            reason = error
    raise NotWritten(path, reason.message if reason else "") from reason


def _write(path: Path, change: Callable[[State], None]) -> State:
    """Read, change and write the state once."""
    raw = _bytes(path)
    state = _parsed(path, raw)
    change(state)
    text = json.dumps(state, indent=2, ensure_ascii=False) + "\n"
    try:
        payload = text.encode()
    except UnicodeEncodeError:  # half a surrogate pair, which JSON can hold and UTF-8 cannot
        payload = (json.dumps(state, indent=2) + "\n").encode()
    if payload != raw:
        files.write_atomic(path, payload, known=raw)
    return state


def _bytes(path: Path) -> bytes | None:
    """Return a file's content, None where there is no file."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise BrokenFile(path, error.strerror or str(error)) from error


def _parsed(path: Path, raw: bytes | None) -> State:
    """Return a state with its three parts; raises BrokenFile."""
    try:
        state = {} if raw is None else json.loads(raw.decode("utf-8-sig"))
    except json.JSONDecodeError as error:
        raise BrokenFile(path, f"not valid JSON: {error.msg}", error.lineno, error.colno) from error
    except (ValueError, RecursionError) as error:
        raise BrokenFile(path, f"it cannot be read: {error}") from error
    shape: dict[str, type] = {"tasks": dict, "merge_queue": list, "abandoned": list}
    if not isinstance(state, dict):
        raise BrokenFile(path, "a JSON object is expected")
    for name, kind in shape.items():
        if not isinstance(state.setdefault(name, kind()), kind):
            raise BrokenFile(path, f"{name} must be {'an object' if kind is dict else 'a list'}")
    if any(not isinstance(entry, dict) for entry in state["tasks"].values()):
        raise BrokenFile(path, "each entry of tasks must be an object")
    return state


def paths(tasks: Path) -> tuple[Path, ...]:
    """Return the files that an update writes: the state and its lock."""
    return tasks / FILE, tasks / f".{FILE}.lock"


def entry(state: State, task: str) -> State:
    """Return a task's entry, made as pending where it is new."""
    found: State = state["tasks"].setdefault(task, {"status": "pending", "attempt": 0})
    errors = found.setdefault("errors", [])
    if not isinstance(errors, list):
        found["errors"] = [errors]
    return found


def begin(state: State, task: str, *, attempt: int, worktree: Path, branch: str) -> None:
    """Note that an attempt begins."""
    found = entry(state, task)
    found |= {"status": "in_progress", "attempt": attempt, "worktree_path": str(worktree), "branch": branch}
    found.setdefault("started_at", now())


def verified(state: State, task: str, *, commit: str) -> None:
    """Note that a task's work was verified and waits to be merged; noted twice, it stands there once."""
    found = entry(state, task)
    if found["status"] == "verified" and found.get("commit_hash") == commit:
        return
    found |= {"status": "verified", "commit_hash": commit, "completed_at": now()}
    queued = [one for one in _queue(state) if one.get("task_id") == task]
    if queued:
        queued[-1]["status"] = "ready"
    else:
        state["merge_queue"].append({"task_id": task, "priority": _next_priority(state), "status": "ready"})


def failed(state: State, task: str, error: Mapping[str, Any]) -> None:
    """Note a failed attempt that will be followed by another."""
    found = entry(state, task)
    found["status"] = "failed"
    found["errors"].append(dict(error))


def abandoned(state: State, task: str, error: Mapping[str, Any]) -> None:
    """Note that a task is given up."""
    failed(state, task, error)
    entry(state, task)["status"] = "abandoned"
    if task not in state["abandoned"]:
        state["abandoned"].append(task)


def merged(state: State, task: str) -> None:
    """Note that a task's work is merged, which only the one who merged it does."""
    entry(state, task)["status"] = "merged"
    queue(state, task, "merged")


def queue(state: State, task: str, status: str) -> None:
    """Set where a task stands in the merge queue."""
    if status not in QUEUE:
        raise ValueError(f"{status!r} is no status of the merge queue")
    for one in _queue(state):
        if one.get("task_id") == task:
            one["status"] = status


def ready(state: State) -> list[str]:
    """Return the tasks that wait to be merged, those of the smallest priority first."""
    waiting = [one for one in _queue(state) if one.get("status") == "ready" and isinstance(one.get("task_id"), str)]
    return [one["task_id"] for one in sorted(waiting, key=_priority)]


def _queue(state: State) -> list[State]:
    """Return the entries of the merge queue that are objects."""
    return [one for one in state["merge_queue"] if isinstance(one, dict)]


def _priority(one: State) -> int:
    """Return an entry's priority, 0 where it has none."""
    value = one.get("priority")
    return value if type(value) is int else 0


def _next_priority(state: State) -> int:
    """Return the priority behind all in the queue; the first is 1."""
    return max(map(_priority, _queue(state)), default=0) + 1


def attempts(state: State, names: Iterable[str]) -> dict[str, int]:
    """Return how many attempts were begun at each task, 0 for those that are new."""
    found = {name: state["tasks"].get(name, {}).get("attempt", 0) for name in names}
    return {name: count if type(count) is int and count > 0 else 0 for name, count in found.items()}
