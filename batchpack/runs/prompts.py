"""What an agent is told: a file of its own, so that only its path passes through the parent's context."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from batchpack.files import read_text, write_atomic
from batchpack.places import last_of
from batchpack.plaintext import clean, mark
from batchpack.runs import wording
from batchpack.runs.state import State, Task
from batchpack.runs.store import Run

TEMPLATE = Path("skills", "_shared", "task-prompt.md.j2")


@dataclass(frozen=True, slots=True)
class Job:
    """A task to be done, at which attempt, and what went wrong before (empty: nothing)."""

    task: Task
    attempt: int
    wrong: str = ""


def write(run: Run, state: State, jobs: Sequence[Job], roots: Sequence[Path]) -> None:
    """Write the prompts of jobs; the template is the last content folder's that has one. Raises BrokenFile."""
    path = last_of(roots, TEMPLATE)
    text = read_text(path)
    for job in jobs:
        write_atomic(run.prompt(job.task.name), _render(run, state, job, text, path))


def _render(run: Run, state: State, job: Job, text: str, path: Path) -> str:
    """Render one prompt."""
    from batchpack.render import render

    name, request = job.task.name, clean(run.plan.request)
    role, needed = run.facts.roles[name], run.plan.depends_on.get(name, ())
    done = [other.name for other in state.tasks.values() if other.state == "done"]
    words = {
        "task": name, "attempt": job.attempt, "does": role.does, "edits": role.edits, "tree": str(run.facts.tree),
        "wrong": job.wrong, "earlier": _earlier(run, job), "mark": mark(request), "request": request,
        "draft": str(run.folder / "prompts" / f"{name}-report.md"),
        "others": [other for other in state.tasks if other != name],
        "needs": [_result(run, other) for other in done if other in needed],
        "lies": [_result(run, other) for other in done if other not in needed],
        "command": wording.command("result", "put", run.id, name, "--attempt", str(job.attempt)),
    }  # fmt: skip
    return render(text, words, path=path)


def _result(run: Run, task: str) -> dict[str, str]:
    """Say where a task's report lies."""
    return {"task": task, "path": str(run.report(task))}


def _earlier(run: Run, job: Job) -> str:
    """Say where the report of the attempt before was kept, when something went wrong with it."""
    kept = run.kept(job.task.name, job.attempt - 1)
    return str(kept) if job.wrong and kept.exists() else ""
