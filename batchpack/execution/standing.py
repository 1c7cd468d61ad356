"""Where a run of work stands, in the file that status lines read: while it is driven, and after acts of hosts."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from batchpack import status_file
from batchpack.errors import BatchpackError
from batchpack.execution.context import Context
from batchpack.execution.endings import layers
from batchpack.execution.state import State, TaskStatus
from batchpack.execution.store import WorkRun
from batchpack.files import read_text, write_atomic
from batchpack.status_file import Member

BEAT_SECONDS = 5.0
BATCH = "batch.json"
"""The note in a run's folder on the batch that a host was told of last; only the line depends on it."""
LOOK_SECONDS = 1.0
"""The file is written at most that often, however much happens."""
STATES: Mapping[TaskStatus, str] = {
    "pending": "waiting", "in_progress": "running", "failed": "failed", "verified": "done", "merged": "done",
    "abandoned": "failed", "conflict": "failed", "culprit": "failed", "skipped": "skipped", "cancelled": "skipped",
}  # fmt: skip


def tell_batch(run: WorkRun, state: State, names: Sequence[str], layer: str, number: int, *, ended: bool) -> None:
    """Say where a batch stands whose agents a host runs; nobody drives it, so it has no beat."""
    facts = {"layer": layer, "number": number, "tasks": list(names)}
    with suppress(BatchpackError):
        write_atomic(run.folder / BATCH, json.dumps(facts, ensure_ascii=False) + "\n")
    status_file.write(_root(run), run.short, _line(state, names, layer, number), ended=ended)


def tell_answered(run: WorkRun, state: State) -> None:
    """Say where the batch stands that was told of last, now that an agent of it has answered."""
    names, layer, number = _batch(run, state)
    members = [_member(run, state, name) for name in names]
    line = status_file.text(layer, number, members) if members else present(run, state)
    status_file.write(_root(run), run.short, line)


def _batch(run: WorkRun, state: State) -> tuple[list[str], str, int]:
    """Return the batch that was told of last; no task where the note on it, which agents can write to, is none."""
    note = run.folder / BATCH
    try:
        facts = json.loads(read_text(note)) if note.is_file() else {}  # a pipe would be waited for
        names, layer, number = facts["tasks"], facts["layer"], facts["number"]
        if isinstance(layer, str) and type(number) is int and all(name in state.tasks for name in names):
            return list(names), layer, number
    except (BatchpackError, ValueError, KeyError, TypeError, RecursionError):
        pass
    return [], "", 0


def _member(run: WorkRun, state: State, name: str) -> Member:
    """Return a task of a host's batch; one whose agent has answered is judged when the batch is ended."""
    task = state.tasks[name]
    answer = run.folder / "attempts" / f"{name}-{task.number}" / "ended.json"
    return Member(name, "answered" if task.runs and answer.is_file() else STATES[task.status], task.number)


@asynccontextmanager
async def beating(context: Context) -> AsyncIterator[None]:
    """Say every few seconds, and soon after a change, where a run stands, and at the end how it ended."""
    over = asyncio.Event()
    beat = asyncio.create_task(_beat(context, over))
    try:
        yield
    finally:
        over.set()
        with suppress(Exception):  # the run must not fail for it
            await beat


def end(run: WorkRun, state: State) -> None:
    """Say how a run ended, or that nobody drives it any more."""
    stopped = "" if state.finished is not None else " stopped"
    status_file.write(_root(run), run.short, present(run, state) + stopped, ended=True)


def end_lost(run: WorkRun, state: State) -> None:
    """Say how a run ended whose driver had died, where the line is still of this run and not of a later one."""
    if status_file.run_of(_root(run)) == run.short:
        end(run, state)


async def _beat(context: Context, over: asyncio.Event) -> None:
    """Write until it is over; the last writing is done before this ends."""
    told, at = "", 0.0
    while not over.is_set():
        line, now = present(context.run, context.state), time.monotonic()
        if line != told or now - at >= BEAT_SECONDS:
            told, at = line, now
            root, run = _root(context.run), context.run.short
            await asyncio.to_thread(status_file.write, root, run, line, beat=BEAT_SECONDS)
        with suppress(TimeoutError):
            await asyncio.wait_for(over.wait(), LOOK_SECONDS)


def present(run: WorkRun, state: State) -> str:
    """Return the line of the layer at work: the first with a running task, else one not done, else the last."""
    found = [(number, layer, names) for number, (layer, names) in enumerate(layers(run.plan).items(), 1)]
    for wanted in ({"running"}, {"running", "waiting", "failed"}):
        for number, layer, names in found:
            if any(STATES[state.tasks[name].status] in wanted for name in names):
                return _line(state, names, layer, number)
    number, layer, names = found[-1]
    return _line(state, names, layer, number)


def _line(state: State, names: Sequence[str], layer: str, number: int) -> str:
    """Write a batch of tasks in one line."""
    tasks = (state.tasks[name] for name in names)
    return status_file.text(layer, number, [Member(task.name, STATES[task.status], task.number) for task in tasks])


def _root(run: WorkRun) -> Path:
    """Return the folder that holds `runs/`."""
    return run.folder.parent.parent
