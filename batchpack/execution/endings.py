"""The end of an execution: what is written for others to read, and what the reader is told to do next."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict
from typing import Any

from batchpack import plaintext
from batchpack.errors import Unwritable
from batchpack.execution import joblog, show, takeover
from batchpack.execution.context import Context
from batchpack.execution.journal import Draft
from batchpack.execution.state import State, Task, TaskStatus
from batchpack.execution.store import WorkRun
from batchpack.execution.view import counts
from batchpack.files import write_atomic
from batchpack.workplan.values import WorkPlan

OPEN: tuple[TaskStatus, ...] = ("pending", "failed", "conflict", "culprit", "in_progress", "cancelled")
FAILED: tuple[TaskStatus, ...] = ("abandoned", "skipped", "cancelled", "failed", "conflict", "culprit")


async def close(context: Context) -> None:
    """Note whether the run is finished or stands still, and write the copies that others read."""
    if not context.state.finished:
        open_ = unsettled(context.state, merged=context.repository is not None)
        facts = {"counts": counts(context.state), "reason": why_stopped(context) if open_ else "all is settled"}
        context.record(Draft("stopped" if open_ else "finished", facts=facts))
    await context.recorder.flush()
    write_copies(context.run, context.state)


def why_stopped(context: Context) -> str:
    """Say why a run ends before all is settled."""
    state = context.state
    if state.cancelled:
        return "it was cancelled"
    if state.halted:
        return state.halted
    if context.stopping:
        return "it was interrupted"
    return str(state.pause["reason"]) if state.pause else "an error"


def unsettled(state: State, *, merged: bool) -> bool:
    """Tell whether a task is left that may still come to something; `merged`: a verified one is not at its end."""
    return bool(state.count(*OPEN) + (state.count("verified") if merged else 0))


def write_copies(run: WorkRun, state: State) -> None:
    """Write `state.json`, `joblog.tsv` and the results of the layers; the journal holds it all."""
    tasks = {name: _plain(task) for name, task in state.tasks.items()}
    run.copy_state({"counts": counts(state), "finished": state.finished is not None, "tasks": tasks})
    with suppress(Unwritable):
        write_atomic(run.folder / "joblog.tsv", joblog.text(run.plan, run.events()))
        for result in layer_results(run.plan, state):
            path = run.folder / f"batch{result['batch_number']}-result.json"
            write_atomic(path, json.dumps(result, indent=2, ensure_ascii=False) + "\n")


def _plain(task: Task) -> dict[str, Any]:
    """Return a task's state without what was said of each try."""
    facts = asdict(task)
    del facts["tries"]
    return facts


def layers(plan: WorkPlan) -> dict[str, list[str]]:
    """Return the tasks by the layers that the plan names; a plan without any is one layer of its own name."""
    found: dict[str, list[str]] = {}
    for task in plan.tasks:
        found.setdefault(task.layer or plan.name, []).append(task.id)
    return found


def layer_results(plan: WorkPlan, state: State) -> list[dict[str, Any]]:
    """Return the result of each layer as a batch, numbered from 1."""
    return [
        show.batch_result(state, plan, layer=layer, number=number, names=names)
        for number, (layer, names) in enumerate(layers(plan).items(), 1)
    ]


def result(run: WorkRun, state: State) -> dict[str, Any]:
    """Return the result of the whole run as one batch."""
    return show.batch_result(state, run.plan, layer=run.plan.name, number=1, names=[task.id for task in run.plan.tasks])


def failures(state: State, *, merged: bool) -> int:
    """Count the tasks that did not come to their end."""
    return state.count(*FAILED) + (state.count("verified") if merged else 0)


def summary(run: WorkRun, state: State) -> list[str]:
    """Say how a run stands, a line a layer, then what failed and what to do with what was merged."""
    plan = run.plan
    lines = [
        show.status_line(one, {name: state.tasks[name].number for name in names}, names)
        for one, names in zip(layer_results(plan, state), layers(plan).values(), strict=True)
    ]
    lines += _bad(run, state)
    if state.main_tree:
        lines.append(f"The main tree changed meanwhile, and was left as it is: {_some(state.main_tree)}")
        if run.facts.options.strict:
            lines.append("If that was you: attempts do not fail for it with `batchpack run --shared-main-tree`.")
    if state.count("merged"):
        lines += takeover.lines(run, state.count("merged"), state.tip)
    return lines


def _bad(run: WorkRun, state: State) -> list[str]:
    """Say what became of tasks that failed, and where to read on."""
    found = [task for task in state.tasks.values() if task.status in {"abandoned", "conflict", "culprit", "failed"}]
    lines = [f"{task.name}: {task.status}. {plaintext.line(task.reason, 1000)}" for task in found]
    if found:
        lines.append(f"Read on: batchpack logs {run.short} {found[0].name}")
    return lines


def _some(paths: Sequence[str]) -> str:
    """Name the first few of many."""
    return ", ".join(plaintext.line(path) for path in paths[:5]) + (
        f" and {len(paths) - 5} more" if len(paths) > 5 else ""
    )
