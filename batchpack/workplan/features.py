"""Features of task-cli (`.tmp/tasks/<feature>`) as a plan: what is still to be done of one feature, or of all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from batchpack.errors import BatchpackError
from batchpack.tasks import loading
from batchpack.tasks.claims import cleaned, expanded, is_wild
from batchpack.tasks.values import TASK, Feature, Subtask, is_name, one_line
from batchpack.workplan import checks, paths
from batchpack.workplan.complaints import Complaint, checked
from batchpack.workplan.values import WorkPlan, WorkTask

ALONE = "alone"
"""The pool with one place for subtasks that are not parallel."""
ANYWHERE = "**"
VERIFY = ("verify", "verification")
LISTS = {
    "context_files": "Read first", "reference_files": "For reference", "acceptance_criteria": "It is done when",
    "deliverables": "To hand in",
}  # fmt: skip
PLUMBING = frozenset({
    "id", "seq", "title", "status", "depends_on", "parallel", "agent_id", "suggested_agent", "started_at",
    "completed_at", "completion_summary", "blocked_reason", *VERIFY, *LISTS,
})  # fmt: skip


def fits(path: Path) -> bool:
    """Tell whether a folder is a feature, or holds one."""
    if (path / TASK).is_file() or any(path.glob("subtask_[0-9][0-9]*.json")):
        return True
    return any(path.glob(f"*/{TASK}"))


def read(path: Path) -> WorkPlan:
    """Read and check one feature's folder or the folder of all features; raises BadPlan with all complaints."""
    return checked(path, understand(path))


def understand(path: Path) -> tuple[WorkPlan, list[Complaint]]:
    """Return what can be read of features, and all that must be mended."""
    features, complaints = _features(path)
    tasks: list[WorkTask] = []
    for feature in features:
        complaints += _complaints(feature)
        tasks += _tasks(feature)
    pools = {ALONE: 1} if any(task.needs for task in tasks) else {}
    name = features[0].name if len(features) == 1 else path.resolve().name
    plan = WorkPlan(name=name, tasks=tuple(tasks), kind="features", path=path, pools=pools)
    if features and not tasks and not complaints:
        done = any(feature.present for feature in features)
        text = "all subtasks are completed; there is nothing left to do" if done else "there are no subtasks yet"
        return plan, [Complaint(str(path), text)]
    return plan, complaints + (checks.complaints(plan) if tasks or not complaints else [])


def found(path: Path) -> list[Feature]:
    """Return the feature that a folder is, or those in it, as far as they can be read."""
    return _features(path)[0]


def ids(feature: Feature) -> dict[str, str]:
    """Return the id of each subtask by its sequence."""
    return {subtask.seq: _id(feature, subtask) for subtask in feature.subtasks}


def _features(path: Path) -> tuple[list[Feature], list[Complaint]]:
    """Read the feature that a folder is, or those in it."""
    own = path.resolve() if path.name in {"", ".."} else path
    root, name = own.parent, own.name
    one = (path / TASK).is_file() or any(path.glob("subtask_[0-9][0-9]*.json"))
    try:
        found, problems = loading.load_all(root, name) if one else loading.load_all(path, None)
    except BatchpackError as error:
        return [], [Complaint(str(path), error.message)]
    return found, [Complaint("", problem.message) for problem in problems]


def _complaints(feature: Feature) -> Iterator[Complaint]:
    """Say what of a feature cannot be run as it stands."""
    yield from (Complaint("", problem.message) for problem in feature.problems)
    for subtask in feature.subtasks:
        called = f"{feature.name}/{one_line(subtask.seq)}"
        where = str(feature.folder / subtask.file)
        if subtask.status == "blocked":
            why = subtask.text("blocked_reason") or "no reason was given"
            yield Complaint(where, f"{called} is blocked ({why}); task-cli unblock {feature.name} {subtask.seq}")
        elif subtask.status == "in_progress":
            who = subtask.text("agent_id") or "somebody"
            yield Complaint(
                where,
                f"{called} is being worked on by {who} since {subtask.text('started_at') or 'an unknown time'}; wait "
                f"for it, or take it back: task-cli block {feature.name} {subtask.seq} 'taken back', then unblock it",
            )


def _tasks(feature: Feature) -> list[WorkTask]:
    """Return the subtasks that are still to be done."""
    named = ids(feature)
    completed = feature.completed
    return [_task(feature, one, named, completed) for one in feature.subtasks if one.status != "completed"]


def _id(feature: Feature, subtask: Subtask) -> str:
    """Return a subtask's id: its own where that begins with the feature's name, else feature and sequence."""
    given = subtask.data.get("id")
    own = isinstance(given, str) and is_name(given) and given.startswith(feature.name)
    return str(given) if own else f"{feature.name}-{subtask.seq}"


def _task(feature: Feature, subtask: Subtask, ids: dict[str, str], completed: frozenset[str]) -> WorkTask:
    """Return a subtask as a task; dependencies that are completed are no longer waited for."""
    deliverables, scope, unread = _paths(subtask)
    return WorkTask(
        id=ids[subtask.seq],
        title=subtask.title.strip()[: checks.TITLE_LIMIT],
        prompt="\n\n".join(_told(feature, subtask)),
        agent=subtask.text("suggested_agent"),
        depends_on=tuple(ids.get(seq, seq) for seq in subtask.waiting(completed)),
        deliverables=tuple(deliverables),
        scope=tuple(scope),
        verify=tuple(_texts(subtask.data, VERIFY)),
        needs=() if subtask.parallel else (ALONE,),
        layer=feature.name,
        where=str(feature.folder / subtask.file),
        unread=tuple(unread),
    )


def _paths(subtask: Subtask) -> tuple[list[str], list[str], list[str]]:
    """Return the files that must be there, the patterns that may change, and what is told to the agent only.

    Where a deliverable is no path, nobody knows what the subtask writes, so that it may write anywhere.
    """
    files, patterns, unread = list[str](), list[str](), list[str]()
    for text in subtask.deliverables:
        path = cleaned(text)
        named = None if path is None or [*paths.faults("", path)] else expanded(path)
        if named is None:
            unread.append(f"deliverable {one_line(text)[:80]!r} is no path")
        for one in named or ():
            into = patterns if is_wild(one) or one.endswith("/") else files
            into.append(f"{one}**" if one.endswith("/") else one.removeprefix("./"))
    return files, [ANYWHERE] if unread else patterns, unread


def _texts(data: Any, names: Sequence[str]) -> Iterator[str]:
    """Yield the texts of lists, or a text that stands instead of a list."""
    for name in names:
        value = data.get(name)
        given = [value] if isinstance(value, str) else value if isinstance(value, list) else []
        yield from (text for text in given if isinstance(text, str) and text.strip())


def _told(feature: Feature, subtask: Subtask) -> Iterator[str]:
    """Yield what the agent is told, as Markdown; also keys that nothing here knows."""
    yield f"{subtask.title}\n\nIt is a part of: {feature.title}."
    objective = (feature.task or {}).get("objective")
    if isinstance(objective, str) and objective.strip():
        yield f"## The objective of the whole\n\n{objective.strip()}"
    for name, value in subtask.data.items():
        if name not in PLUMBING and isinstance(value, str) and value.strip():
            yield f"## {one_line(name).replace('_', ' ').capitalize()}\n\n{value.strip()}"
    for name, heading in LISTS.items():
        entries = list(_texts(subtask.data, (name,)))
        if entries:
            yield f"## {heading}\n\n" + "\n".join(f"- {entry}" for entry in entries)
