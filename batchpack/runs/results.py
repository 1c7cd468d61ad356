"""Taking in results: checked outside the lock, decided and recorded inside it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from batchpack import files
from batchpack.errors import BatchpackError, UnsafePath
from batchpack.runs import evidence, ids, journal
from batchpack.runs.state import FINISHED_STATUSES, State, Task
from batchpack.runs.store import Run

if TYPE_CHECKING:  # pydantic is paid for by those who hand in, not by those who only read
    from batchpack.runs.envelope import Envelope

LARGEST = 5 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a result: recorded now, or there already; `late` says that it does not count yet."""

    task: str
    status: str
    new: bool
    late: bool = False


class UnknownTask(BatchpackError):
    """A task that the plan does not have."""

    def __init__(self, run: Run, task: str) -> None:
        super().__init__(f"run {run.id} has no task {task!r}", f"its tasks: {', '.join(run.facts.roles)}")


def read_report(source: BinaryIO) -> bytes:
    """Read a report up to its largest size; one byte more is enough to know that it is too long."""
    return source.read(LARGEST + 1)


def open_report(run: Run, name: str) -> bytes:
    """Read a report from a file inside the work tree or the run's directory; raises UnsafePath for any other."""
    path = Path(name).absolute()
    real = path.resolve()
    if not any(real.is_relative_to(root.resolve()) for root in (run.facts.tree, run.folder)):
        raise UnsafePath(name, run.facts.tree)
    if not real.is_file():
        raise BatchpackError(f"--file {name} is not a file", "name the file that holds the report, or - for stdin")
    try:
        with real.open("rb") as stream:
            return read_report(stream)
    except OSError as error:
        raise BatchpackError(f"--file {name} cannot be read: {error.strerror}", "make it readable") from error


def put(run: Run, task: str, envelope: Envelope, report: bytes, attempt: int | None) -> Taken:
    """Take in a task's result; raises Refused with what to mend, or BatchpackError when it comes at a wrong time."""
    from batchpack.runs.envelope import Refused

    check_task(run, task)
    changed, complaints = _changed(run, envelope)
    complaints += _report_complaints(report)
    complaints += _role_complaints(run, task, envelope)
    if envelope.status in FINISHED_STATUSES and not complaints:
        complaints += evidence.unchanged(run, changed)
    if complaints:
        raise Refused(task, complaints)
    with run.locked():
        return _record(run, run.state(), task, envelope.model_copy(update={"changed": tuple(changed)}), report, attempt)


def check_task(run: Run, task: str) -> None:
    """Refuse a task that the plan does not have."""
    if ids.check_task(task) not in run.facts.roles:
        raise UnknownTask(run, task)


def _changed(run: Run, envelope: Envelope) -> tuple[list[str], list[str]]:
    """Return the changed paths below the work tree, each once, and complaints about those outside."""
    good: dict[str, None] = {}
    complaints = []
    for given in envelope.changed:
        try:
            good[evidence.relative(run.facts.tree, given)] = None
        except UnsafePath as error:
            complaints.append(f"--changed {error.message}")
    return list(good), complaints


def _report_complaints(report: bytes) -> list[str]:
    """Complain about a report that is empty, too long or no text."""
    if len(report) > LARGEST:
        return ["the report is over 5 MB: keep it short, and leave long output in a file of its own"]
    try:
        text = report.decode()
    except UnicodeDecodeError as error:
        return [f"the report is not UTF-8 text (byte {error.start})"]
    return [] if text.strip() else ["the report is empty: give it on standard input with --file -, or as --file PATH"]


def _role_complaints(run: Run, task: str, envelope: Envelope) -> list[str]:
    """Complain about a claim that does not fit what the role may do."""
    edits = run.facts.roles[task].edits
    if not edits and envelope.changed:
        return [f"{task} changes no files: undo the change and leave --changed out"]
    finished = envelope.status in FINISHED_STATUSES
    if edits and finished and not envelope.changed and not envelope.no_change:
        return ["name each changed file with --changed PATH, or say --no-change 'why nothing had to change'"]
    return []


def _record(run: Run, state: State, name: str, said: Envelope, report: bytes, attempt: int | None) -> Taken:
    """Decide what a result means now, and record it: report, envelope, then the journal line that makes it count."""
    task = state.tasks[name]
    attempt = attempt or task.attempt
    digest = files.fingerprint(f"{attempt} {said.model_dump_json()}".encode() + b"\0" + report)
    if digest in {known.digest for known in (task.result, task.late) if known}:
        return Taken(name, said.status, new=False, late=bool(task.late and task.late.digest == digest))
    late = _is_late(run, task, attempt)
    target = run.late(name) if late else run.report(name)
    files.write_atomic(target, report)
    files.write_atomic(target.with_suffix(".json"), _envelope_text(name, attempt, said))
    words = {"late": True} if late else {}
    facts = {**said.model_dump(mode="json"), "bytes": len(report), "digest": digest, **words}
    run.record(journal.event("result", task=name, attempt=attempt, **facts))
    return Taken(name, said.status, new=True, late=late)


def _envelope_text(task: str, attempt: int, said: Envelope) -> str:
    """Write an envelope for people and programs."""
    return json.dumps({"schema": 1, "task": task, "attempt": attempt, **said.model_dump()}, indent=1) + "\n"


def _is_late(run: Run, task: Task, attempt: int) -> bool:
    """Tell whether a result comes too late to count; raises BatchpackError when it cannot be for this task at all."""
    if task.state == "done":
        raise BatchpackError(
            f"{task.name} is done already and its result stands; this other one was not recorded",
            f"see it with: batchpack result show {run.id} {task.name}",
        )
    if task.attempt == 0 or attempt > task.attempt or attempt < 1:
        raise BatchpackError(
            f"attempt {attempt or 1} of {task.name} has not been started",
            f"batch {task.batch} begins with: batchpack batch start {run.id} {task.batch}",
        )
    return task.settled or attempt < task.attempt


def listed(state: State, names: Sequence[str]) -> list[Task]:
    """Return the tasks of these names, or all."""
    return [state.tasks[name] for name in names] if names else list(state.tasks.values())
