"""The end of a run that is asked for from elsewhere, be its orchestrator alive or dead."""

from __future__ import annotations

import asyncio
import time
from contextlib import closing

from batchpack.app import App
from batchpack.errors import Busy
from batchpack.execution import endings, standing
from batchpack.execution.facts import BY_HOST
from batchpack.execution.journal import Draft, Journal
from batchpack.execution.store import WorkRun

WAIT_SECONDS = 30.0
LOOK_SECONDS = 0.1


def cancel(app: App, run: WorkRun) -> list[str]:
    """End a run: whoever drives it is asked to, and where nobody does what was left running is ended here.

    Returns what to tell the reader.
    """
    state = run.state()
    if state.finished is not None:
        return [f"Run {run.short} is finished; there is nothing to end."]
    with closing(Journal(run.journal)) as journal:
        journal.append(Draft("cancel_asked"))
        ended = _by_itself(run) if run.is_driven() else asyncio.run(_ended(app, run, journal))
    again = "execute-batch begin" if run.facts.options.executor == BY_HOST else f"resume {run.short}"
    stays = f"What is merged stays. Go on with: batchpack {again}"
    if not ended:
        return [f"Run {run.short} was asked to end and still does; see: batchpack status {run.short}", stays]
    return [f"Run {run.short} is cancelled; nothing of it runs any more.", stays]


def _by_itself(run: WorkRun) -> bool:
    """Wait for the one who drives a run to let go of it."""
    deadline = time.monotonic() + WAIT_SECONDS
    while run.is_driven() and time.monotonic() < deadline:
        time.sleep(LOOK_SECONDS)
    return not run.is_driven()


async def _ended(app: App, run: WorkRun, journal: Journal) -> bool:
    """End what an orchestrator that died left running, and write down that it was ended."""
    try:
        with run.locked():
            state = run.folded(journal.since())
            session = app.engine(run.facts.options.engine).open(run.folder, run.id)
            await session.close(stop_running=True)
            for task in state.tasks.values():
                if task.runs:
                    facts = {"verdict": "cancelled", "reason": "cancelled"}
                    for event in journal.append(Draft("judged", task.name, task.number, facts)):
                        state.apply(event)
            endings.write_copies(run, state)
            standing.end_lost(run, state)
    except Busy:
        return False
    return True
