"""Where a run stands, in the file that status lines read: written with each event of the run."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from batchpack import status_file
from batchpack.runs.state import Batch, State, TaskState
from batchpack.status_file import Member

STATES: Mapping[TaskState, str] = {
    "pending": "waiting",
    "running": "running",
    "done": "done",
    "failed": "failed",
    "skipped": "skipped",
}


def tell(root: Path, run: str, state: State) -> None:
    """Say where a run (its short id) stands, under the folder that holds `runs/`."""
    status_file.write(root, run, line(run, state), ended=state.synthesized)


def line(run: str, state: State) -> str:
    """Return the line of the batch that is open, else of the last that was finished; the run stands for the layer."""
    batch = _batch(state)
    members = [Member(task.name, STATES[task.state], task.attempt) for task in state.of(batch)]
    return status_file.text(run, batch.number, members)


def _batch(state: State) -> Batch:
    """Return the batch that a reader wants to see."""
    batches = [state.batches[number] for number in sorted(state.batches)]
    begun = [batch for batch in batches if batch.state != "planned"]
    return next((batch for batch in begun if batch.state == "open"), (begun or batches[:1])[-1])
