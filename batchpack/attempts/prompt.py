"""What an agent is told for an attempt: a file, in which texts of others are marked as such."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from batchpack.files import read_text, write_atomic
from batchpack.places import last_of
from batchpack.plaintext import clean, line, mark
from batchpack.workplan.values import WorkTask

TEMPLATE = Path("skills", "_shared", "work-prompt.md.j2")
REASON = 400
"""Most characters that are said of each earlier attempt."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """An attempt before: its number, what was wrong in a line, and the folder with its evidence (None: none)."""

    number: int
    reason: str
    evidence: Path | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """What an attempt is about: the task, where it works (`branch` empty: in the project itself), what came before.

    `feedback` is what the judge or the merge queue said of the last attempt. `fresh` says that another agent made the
    earlier ones, `repeated` that the last two failed alike, `expansion` that paths outside the scope may be asked for.
    """

    task: WorkTask
    attempt: int
    folder: Path
    branch: str = ""
    earlier: Sequence[Earlier] = ()
    feedback: str = ""
    fresh: bool = False
    repeated: bool = False
    expansion: bool = False


def write(path: Path, told: Told, roots: Sequence[Path]) -> None:
    """Write the prompt of an attempt; raises BrokenFile for a broken template, Unwritable."""
    write_atomic(path, render(told, roots))


def render(told: Told, roots: Sequence[Path]) -> str:
    """Return the prompt; the template of the last content folder that has one: users can replace ours."""
    from batchpack.render import render as rendered

    path = last_of(roots, TEMPLATE)
    return rendered(read_text(path), _words(told), path=path)


def _words(told: Told) -> dict[str, object]:
    """Return the words of the template, cleaned of what could hide or break out of its place."""
    task = told.task
    text = clean(task.prompt or task.command or task.title)
    feedback = clean(told.feedback)
    return {
        "task": task.id, "attempt": told.attempt, "most": max(task.attempts, told.attempt), "title": line(task.title),
        "folder": str(told.folder), "branch": told.branch, "text": text, "mark": mark(text, "TASK"),
        "deliverables": _paths(task.deliverables), "allowed": _paths(task.allowed),
        "verify": [clean(command).replace("\n", "\n    ") for command in task.verify],
        "earlier": [_earlier(one) for one in told.earlier], "feedback": feedback,
        "feedback_mark": mark(feedback, "OUTPUT"), "fresh": told.fresh, "repeated": told.repeated,
        "expansion": told.expansion,
    }  # fmt: skip


def _paths(paths: Sequence[str]) -> list[str]:
    """Return paths fit to stand between backticks."""
    return [line(path, 1000).replace("`", "'") for path in dict.fromkeys(paths)]


def _earlier(one: Earlier) -> dict[str, object]:
    """Return an earlier attempt for the template."""
    return {"number": one.number, "reason": line(one.reason, REASON), "evidence": one.evidence and str(one.evidence)}
