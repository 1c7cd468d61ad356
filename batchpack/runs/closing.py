"""The last words of a run, from which its orchestrator answers."""

from __future__ import annotations

from pathlib import Path

from batchpack.runs import budget, synthesis
from batchpack.runs.state import State
from batchpack.runs.store import Run

READ = "Answer the user from {}"


def told(run: Run, state: State) -> list[str]:
    """Say how it ended, what came of each task as far as there is room, and where all of it lies."""
    undone = [task.name for task in state.tasks.values() if task.state != "done"]
    doubts = synthesis.concerns(state)
    all_tasks = f"All {len(state.tasks)} tasks are" if len(state.tasks) > 1 else "The task is"
    lines = [f"{all_tasks} done{f', with concerns: {doubts}' if doubts else ''}."]
    if undone:
        lines = [f"{synthesis.counted(state.counts())}."]
        lines.append(f"Not done: {', '.join(undone)}. The user can go on with `{synthesis.again(run, state)}`.")
    path = run.shown(run.synthesis, Path.cwd())
    room = budget.left(run) - len("\n".join([*lines, READ.format(path)]).encode()) - 2
    brief = synthesis.brief(state, room)
    return [*lines, *brief, f"Details: {path}" if brief else READ.format(path)]
