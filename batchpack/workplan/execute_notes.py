"""What became of a task, as `execute-state.json` says it; noted twice, it stands there once."""

from __future__ import annotations

from batchpack.workplan import execute_state
from batchpack.workplan.execute_state import State
from batchpack.workplan.values import Noted


def note(state: State, noted: Noted) -> None:
    """Bring a task's entry up to what became of it."""
    task, error = noted.task, dict(noted.error)
    found = execute_state.entry(state, task)
    match noted.state:
        case "in_progress" if noted.worktree is not None:
            execute_state.begin(state, task, attempt=noted.attempt, worktree=noted.worktree, branch=noted.branch)
        case "verified" if noted.commit:
            execute_state.verified(state, task, commit=noted.commit)
        case "failed" if error not in found["errors"]:
            execute_state.failed(state, task, error)
        case "abandoned" if found["status"] != "abandoned":
            execute_state.abandoned(state, task, error)
        case "merged":
            execute_state.merged(state, task)
        case "conflict" | "culprit":
            execute_state.queue(state, task, noted.state)
        case _:
            pass
