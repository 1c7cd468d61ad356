"""All that can be wrong with a feature's files, in the words that projects and prompts know."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from batchpack.errors import BrokenFile
from batchpack.tasks.graph import circles
from batchpack.tasks.loading import load
from batchpack.tasks.reading import OddFields
from batchpack.tasks.values import TASK, Feature, one_line

if TYPE_CHECKING:
    from pydantic import BaseModel

_MUST_BE = {
    "depends_on": "must be string[]",
    "context_files": "must be string[]",
    "reference_files": "must be string[] when present",
    "acceptance_criteria": "must be string[]",
    "exit_criteria": "must be string[]",
    "deliverables": "must be string[]",
    "parallel": "must be boolean",
    "subtask_count": "must be number",
    "completed_count": "must be number",
    "completion_summary": "must be null or a string of max 200 characters",
}
_ALL_OF_TASK = ("context_files", "exit_criteria", "completed_at")
_ALL_OF_SUBTASK = (
    "depends_on", "parallel", "context_files", "acceptance_criteria", "deliverables",
    "agent_id", "started_at", "completed_at", "completion_summary",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong: an error, or a warning that strict validation takes for an error."""

    text: str
    error: bool = True


def validate(root: Path, name: str, *, strict: bool = False) -> list[Finding]:
    """Check all files of a feature; warnings become errors when `strict`."""
    feature = load(root, name, wary=True)
    found = [*_unreadable(feature), *_check(feature, strict=strict)]
    errors = [Finding(one_line(each.text)) for each in found if each.error or strict]
    return errors + [Finding(one_line(each.text), error=False) for each in found if not (each.error or strict)]


def _unreadable(feature: Feature) -> Iterator[Finding]:
    """Tell the files that are no JSON objects at all; those of a wrong shape are told field by field."""
    for problem in feature.problems:
        if not isinstance(problem, OddFields):
            yield Finding(place(problem))


def place(problem: BrokenFile) -> str:
    """Say a problem with the file's name alone, line and column."""
    where = "".join(f":{number}" for number in (problem.line, problem.column) if number is not None)
    return f"{problem.path.name}{where}: {problem.reason}"


def _check(feature: Feature, *, strict: bool) -> Iterator[Finding]:
    """Check task.json, each subtask, and the subtasks against each other."""
    subtasks = {s.file: s.data for s in feature.subtasks}
    subtasks |= {problem.path.name: problem.data for problem in feature.problems if isinstance(problem, OddFields)}
    yield from _check_task(feature, strict=strict)
    seqs = Counter(str(data.get("seq")) for data in subtasks.values())
    ways = circles(_graph(subtasks))
    for file, data in sorted(subtasks.items(), key=lambda item: (len(item[0]), item[0])):
        yield from _check_subtask(feature.name, file, data, strict=strict)
        yield from _check_place(data, seqs, ways)
    yield from _check_counts(feature, len(subtasks))


def _check_task(feature: Feature, *, strict: bool) -> Iterator[Finding]:
    """Check the fields of task.json."""
    from batchpack.tasks.models import TaskFile

    if feature.task is None:
        if not feature.task_is_broken:
            yield Finding("Missing task.json")
        return
    yield from _fields(TaskFile, feature.task, TASK)
    if strict:
        yield from _missing(feature.task, TASK, _ALL_OF_TASK)
    if feature.task.get("id") != feature.name:
        yield Finding(f"task.json id ('{feature.task.get('id')}') should match feature slug ('{feature.name}')")


def _fields(model: type[BaseModel], data: Mapping[str, Any], label: str) -> Iterator[Finding]:
    """Check required fields, statuses and types, one finding a field."""
    from pydantic import ValidationError

    try:
        model.model_validate(data)
    except ValidationError as error:
        kinds = {str(each["loc"][0]): each["type"] for each in reversed(error.errors(include_url=False))}
        for field, kind in reversed(kinds.items()):
            yield Finding(_complaint(label, field, kind, data.get(field)))


def _complaint(label: str, field: str, kind: str, value: object) -> str:
    """Say what is wrong with a field."""
    if kind == "missing":
        return f"{label}: missing required field '{field}'"
    if field == "status":
        return f"{label}: invalid status '{value}'"
    return f"{label}: {field} {_MUST_BE.get(field, 'must be string')}"


def _missing(data: Mapping[str, Any], label: str, fields: tuple[str, ...]) -> Iterator[Finding]:
    """Tell the fields that strict validation wants and that are not there."""
    for field in fields:
        if field not in data:
            yield Finding(f"{label}: missing required field '{field}'")


def _check_subtask(feature: str, file: str, data: Mapping[str, Any], *, strict: bool) -> Iterator[Finding]:
    """Check the fields of one subtask."""
    from batchpack.tasks.models import SubtaskFile

    seq = data.get("seq")
    label = seq if isinstance(seq, str) and seq else "??"
    yield from _fields(SubtaskFile, data, label)
    if strict:
        yield from _missing(data, label, _ALL_OF_SUBTASK)
    if isinstance(seq, str):
        if not re.fullmatch(r"[0-9]{2,9}", seq):
            yield Finding(f"{label}: sequence must be 2 digits (e.g., 01, 02), or more from 100 on")
        elif file != f"subtask_{seq}.json":
            yield Finding(f"{label}: stands in {file}, not in subtask_{seq}.json")
    if isinstance(data.get("id"), str) and not data["id"].startswith(feature):
        yield Finding(f"{label}: ID should start with feature name")
    for field, words in (("acceptance_criteria", "acceptance criteria"), ("deliverables", "deliverables")):
        if data.get(field, []) == []:
            yield Finding(f"{label}: No {words} defined", error=False)


def _graph(subtasks: Mapping[str, Mapping[str, Any]]) -> dict[str, list[str]]:
    """Return the dependencies of the subtasks that have a sequence."""
    return {str(data.get("seq")): _dependencies(data) for data in subtasks.values()}


def _dependencies(data: Mapping[str, Any]) -> list[str]:
    """Return the dependencies that are texts."""
    needs = data.get("depends_on")
    return [need for need in needs if isinstance(need, str)] if isinstance(needs, list) else []


def _check_place(data: Mapping[str, Any], seqs: Mapping[str, int], ways: Mapping[str, list[str]]) -> Iterator[Finding]:
    """Check a subtask against the others: doubled sequence, itself, missing and circular dependencies."""
    seq = str(data.get("seq"))
    if seqs[seq] > 1:
        yield Finding(f"{seq}: duplicate sequence number")
    needs = _dependencies(data)
    if seq in needs:
        yield Finding(f"{seq}: task cannot depend on itself")
    for need in needs:
        if need not in seqs:
            yield Finding(f"{seq}: depends on non-existent task {need}")
    if seq in ways:
        yield Finding(f"{seq}: circular dependency detected: {' -> '.join(ways[seq])}")


def _check_counts(feature: Feature, readable: int) -> Iterator[Finding]:
    """Check the counts of task.json against the files."""
    if feature.task is None:
        return
    announced, counted = feature.task.get("subtask_count"), feature.task.get("completed_count")
    if announced != feature.present:
        yield Finding(f"task.json subtask_count ({announced}) doesn't match actual count ({feature.present})")
    completed = feature.count("completed")
    if counted != completed and readable == feature.present:
        yield Finding(
            f"task.json completed_count ({counted}) doesn't match completed subtasks ({completed}); "
            "the next change of a subtask mends it",
            error=False,
        )
