"""A batch in a host: begun with a worktree and a prompt for each task, handed in, and ended with a verdict on each."""

from __future__ import annotations

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from batchpack.attempts.judge import judge
from batchpack.attempts.ladder import GiveUp, Rung
from batchpack.attempts.verdict import Ended, Verdict
from batchpack.clock import now
from batchpack.errors import BatchpackError
from batchpack.execution import merger
from batchpack.execution import worktree as worktrees
from batchpack.execution.blame import Change, Suspect, blamed
from batchpack.execution.carrying import verdict_facts
from batchpack.execution.context import Context
from batchpack.execution.history import next_of
from batchpack.execution.journal import Draft
from batchpack.execution.ordering import order_for, write_prompt
from batchpack.execution.settling import settle
from batchpack.execution.state import Task
from batchpack.execution.store import WorkRun
from batchpack.executor import Answer
from batchpack.files import write_atomic
from batchpack.merging.queue import Queue
from batchpack.merging.values import Entry
from batchpack.worktrees import fingerprint
from batchpack.worktrees.fingerprint import Fingerprint
from batchpack.worktrees.repository import Repository

JUDGES = 4
KINDS = {"verification": "verification_failed"}
"""What layer agents call a kind of problem, where it is not our word."""
TEXT_LIMIT = 1_000_000
"""Most characters of a report that are kept, from its end."""


@dataclass(frozen=True, slots=True)
class Call:
    """An agent to start: the task, the attempt, its prompt and its worktree."""

    task: str
    attempt: int
    prompt: Path
    folder: Path


def merge_ready(run: WorkRun, names: Sequence[str]) -> None:
    """Merge verified work that some of these tasks wait for."""
    state, plan = run.state(), run.plan
    needs = {need for name in names for need in plan.task(name).depends_on}
    if any(state.tasks[need].status == "verified" for need in needs):
        merger.merge_now(run)


def begin(context: Context, repo: Repository, names: Sequence[str]) -> tuple[list[Call], list[str]]:
    """Make worktree and prompt for each task that is to be done; returns the calls, and what is not called and why.

    Raises BatchpackError for a task that waits for work which is not merged; then no attempt is begun.
    """
    context.notes.again(context.state)  # what was merged meanwhile, be it by hand
    _check_waiting(context, names)
    calls: list[Call] = []
    told: list[str] = []
    if not any(task.runs for task in context.state.tasks.values()):
        _remember(context.run, repo)
    for name in names:
        found = _begun(context, repo, name)
        if isinstance(found, Call):
            calls.append(found)
        else:
            told.append(found)
    return calls, told


def _check_waiting(context: Context, names: Sequence[str]) -> None:
    """Refuse tasks that wait for others."""
    for name in names:
        waits = [need for need in context.tasks[name].depends_on if context.state.tasks[need].status != "merged"]
        if waits and context.state.tasks[name].status not in {"verified", "merged"}:
            stands = ", ".join(f"{need} is {context.state.tasks[need].status}" for need in waits)
            raise BatchpackError(
                f"{name} waits for work that is not merged: {stands}",
                f"do those first; see where they stand: batchpack status {context.run.short}",
            )


def _begun(context: Context, repo: Repository, name: str) -> Call | str:
    """Begin a task's next attempt, or take up the one that was begun; returns why where there is none."""
    task = context.state.tasks[name]
    if task.status in {"verified", "merged", "abandoned", "skipped"}:
        return f"{name} is {task.status} already"
    rung = next_of(context, name)
    if isinstance(rung, GiveUp):
        settle(context, name)
        return f"{name} is abandoned: {rung.reason}"
    if task.runs:
        rung = Rung(task.number, rung.fresh, rung.model)
    made = worktrees.make(context, repo, name, rung.number)
    if task.worktree is None or task.worktree["path"] != str(made.path):
        context.record(worktrees.made(name, rung.number, made))
    order = order_for(context, name, rung, made)
    write_prompt(context, order, rung, made)
    if not task.runs:
        facts = {"executor": "host", "fresh": rung.fresh, "model": rung.model}
        context.record(Draft("attempt_started", name, rung.number, facts))
    return Call(name, rung.number, order.prompt, order.folder)


def hand_in(context: Context, name: str, number: int, text: str, *, failed: bool, timed_out: bool) -> None:
    """Keep what an agent answered until the batch is ended; handed in twice, the last counts.

    Raises BatchpackError for an attempt that is not the present one.
    """
    task = context.state.tasks[name]
    if not task.runs or task.number != number:
        stands = f"its attempt {task.number} runs" if task.runs else f"it is {task.status}"
        raise BatchpackError(f"{name} has no attempt {number} to hand in for: {stands}", "nothing was recorded")
    folder = _folder(context.run, task)
    write_atomic(folder / "out", text[-TEXT_LIMIT:].encode(errors="replace"))
    facts = {"code": 1 if failed or timed_out else 0, "timed_out": timed_out, "at": now()}
    write_atomic(folder / "ended.json", json.dumps(facts) + "\n")


def _folder(run: WorkRun, task: Task) -> Path:
    """Return the folder of a task's present attempt."""
    return run.folder / "attempts" / f"{task.name}-{task.number}"


def end(context: Context, repo: Repository, names: Sequence[str]) -> None:
    """Judge every attempt of these tasks that was begun, put what is verified into the merge queue."""
    running = [context.state.tasks[name] for name in names if context.state.tasks[name].runs]
    guilty = _main_tree(context, repo, running)
    with ThreadPoolExecutor(JUDGES) as pool:
        ended = [_ended(context, repo, task, tuple(guilty.get(task.name, ()))) for task in running]
        verdicts = list(pool.map(lambda one: _judged(context, one), ended))
    with closing(Queue(context.run.journal)) as queue:
        for task, one, verdict in zip(running, ended, verdicts, strict=True):
            _settle(context, task, one, verdict)
        for name in names:
            _queue(context, queue, context.state.tasks[name])
        if queue.entries("ready"):
            _make_target(context, repo, queue)


def _ended(context: Context, repo: Repository, task: Task, guilty: tuple[str, ...]) -> Ended:
    """Return an attempt as it ended."""
    folder, worktree = _folder(context.run, task), worktrees.present(repo, task)
    order = order_for(context, task.name, Rung(task.number), worktree)
    facts, out = _handed_in(folder), folder / "out"
    text = out.read_text(errors="replace") if out.is_file() else ""
    return Ended(
        task=context.tasks[task.name], attempt=task.number, folder=order.folder, worktree=worktree,
        answer=Answer(text), agent=True, code=facts["code"], timed_out=facts["timed_out"],
        out=out if out.is_file() else None, main_tree=guilty,
    )  # fmt: skip


def _handed_in(folder: Path) -> dict[str, Any]:
    """Return how an attempt ended; one that handed in nothing ended with nothing to show."""
    try:
        facts = json.loads((folder / "ended.json").read_bytes())
        return {"code": int(facts["code"]), "timed_out": bool(facts["timed_out"])}
    except (OSError, ValueError, KeyError, TypeError):
        return {"code": 0, "timed_out": False}


def _judged(context: Context, ended: Ended) -> Verdict:
    """Judge one attempt; blocks for as long as its verification takes."""
    into = context.run.evidence(ended.task.id, ended.attempt)
    return judge(ended, into, allow_expansion=context.options.allow_scope_expansion)


def _settle(context: Context, task: Task, ended: Ended, verdict: Verdict) -> None:
    """Write a verdict down and draw the consequences."""
    kind = KINDS.get(kind := verdict.problems[0].kind if verdict.problems else "", kind)
    facts = {**verdict_facts(verdict, ended.answer), "kind": "timeout" if ended.timed_out else kind, "code": ended.code}
    context.record(Draft("judged", task.name, task.number, facts))
    settle(context, task.name)


def _queue(context: Context, queue: Queue, task: Task) -> None:
    """Put a task's verified work into the merge queue; what is there already stays."""
    if task.status == "verified" and task.worktree is not None:
        about, tree = context.tasks[task.name], task.worktree
        queue.add(Entry(task.name, about.title, str(tree["branch"]), task.commit, str(tree["base"]), about.priority))


def _make_target(context: Context, repo: Repository, queue: Queue) -> None:
    """Make the branch on which work is brought together, so that `batchpack merge run` finds it."""
    with closing(merger.merger_of(context.run, repo, queue)) as made:
        made.begin(context.run.facts.base)


def _remember(run: WorkRun, repo: Repository) -> None:
    """Keep how the main tree is while no attempt runs."""
    write_atomic(run.folder / "main-tree.json", json.dumps(asdict(fingerprint.take(repo)), default=str) + "\n")


def _main_tree(context: Context, repo: Repository, running: Sequence[Task]) -> dict[str, list[str]]:
    """Return what each running attempt is held responsible for in the main tree."""
    try:
        facts = json.loads((context.run.folder / "main-tree.json").read_bytes())
        before = Fingerprint(**{**facts, "root": Path(facts["root"])})
    except (OSError, ValueError, TypeError, KeyError):
        return {}
    own = [str(path.relative_to(repo.root)) for path in context.notes.paths() if path.is_relative_to(repo.root)]
    found = fingerprint.differences(before, fingerprint.take(repo))
    changes = [Change(one.path, one.mtime) for one in found if not _is_own(one.path, own)]
    if changes and running:
        context.record(Draft("main_tree_changed", facts={"paths": [one.path for one in changes]}))
    if not context.options.strict:
        return {}
    suspects = [
        Suspect(task.name, task.started or 0.0, None, context.tasks[task.name].allowed, lambda _: False)
        for task in running
    ]
    return blamed(changes, suspects) if suspects else {}


def _is_own(path: str, own: Sequence[str]) -> bool:
    """Tell whether the run itself writes a path."""
    return any(path == one or path.startswith(f"{one}/") for one in own)
