"""What the acts on a batch share: which tasks it has, and what is printed of it."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from batchpack import places, plaintext
from batchpack.app import App
from batchpack.errors import BatchpackError, UnknownName, UsageError
from batchpack.execution.hosting import Call
from batchpack.execution.show import batch_headline
from batchpack.execution.state import State, Task
from batchpack.execution.store import WorkRun
from batchpack.host import call_line
from batchpack.runs import wording
from batchpack.values import AgentCall
from batchpack.workplan import graph
from batchpack.workplan.values import WorkPlan

ROLE = "task-implementer"
"""The agent that carries out a task which names none."""
END_OF_TEXT = "BATCHPACK_RESULT_END"


def names_of(words: str, plan: WorkPlan) -> list[str]:
    """Return the ids of a batch, `L1-001,L1-002`; raises BatchpackError for those that are no batch together."""
    names = list(dict.fromkeys(word.strip() for word in words.split(",") if word.strip()))
    known = {task.id for task in plan.tasks}
    if not names:
        raise UsageError("--task-ids names no task", "give ids with commas between them, as L1-001,L1-002")
    for name in names:
        if name not in known:
            raise UnknownName("task", name, known)
        if plan.task(name).command:
            raise BatchpackError(f"{name} is a command, which needs no agent", "run it with: batchpack run")
    waiting = graph.dependants(plan)
    for name in names:
        if both := sorted(waiting[name] & set(names)):
            raise BatchpackError(
                f"{', '.join(both)} waits for {name}, so they are no batch", "leave it for a later batch"
            )
    return names


def calls(app: App, run: WorkRun, found: Sequence[Call], host: str | None, agent: str, most: int) -> Iterator[str]:
    """Yield the calls to make, at most so many in one message, in the words of the host.

    `agent` is the host's own name of the agent for tasks that name none; without it that is the pack's implementer.
    """
    lines = _calls(app, run, found, host, agent)
    for start in range(0, len(lines), most):
        yield from wording.calls(lines[start : start + most])


def _calls(app: App, run: WorkRun, found: Sequence[Call], host: str | None, agent: str) -> list[str]:
    """Write each call in a line."""
    roles = {one.task: run.plan.task(one.task).agent or ("" if agent else ROLE) for one in found}
    told = {one.task: f"Follow {one.prompt}" for one in found}
    if host is None:
        return [call_line("agent", {"name": role or agent, "prompt": told[name]}) for name, role in roles.items()]
    page = app.host(host)
    names = page.agent_names([role for role in roles.values() if role], run.facts.project, places.home())
    return page.agent_calls(
        [AgentCall(names.get(role, role) or agent, f"Execute task {name}", told[name]) for name, role in roles.items()]
    )


def handing_in(run: WorkRun, found: Sequence[Call]) -> Iterator[str]:
    """Yield how to hand in what each agent answered."""
    yield "Then hand in each agent's last message, unchanged, in the place of the dots:"
    for one in found:
        words = ("execute-batch", "record", run.short, one.task, "--attempt", str(one.attempt), "--file", "-")
        yield from ("", f"{wording.command(*words)} <<'{END_OF_TEXT}'", "…", END_OF_TEXT)
    yield ""


def ending(run: WorkRun, names: Sequence[str], number: int, layer: str) -> list[str]:
    """Return the step that ends the batch; a layer's name is quoted for the shell."""
    words = ("--task-ids", ",".join(names), "--batch-number", str(number), "--layer", shlex.quote(layer))
    return wording.step("Then", "execute-batch", "end", run.short, *words)


def summary(result: dict[str, Any], state: State) -> Iterator[str]:
    """Yield a batch's summary for people and layer agents."""
    tries = {name: state.tasks[name].attempts for name in result["failed"]}
    failed = ", ".join(f"{name} (attempt {tries[name]}, will retry)" for name in result["failed"])
    ready = result["merge_queue_ready"]
    yield f"{batch_headline(result)} Complete"
    yield f"Verified: {', '.join(result['verified']) or 'none'}"
    yield f"Failed: {failed or 'none'}"
    yield f"Abandoned: {', '.join(result['abandoned']) or 'none'}"
    yield f"Merge queue: {ready} task{'' if ready == 1 else 's'} ready"


def result(task: Task) -> str:
    """Write what became of a task in the keys of a RESULT."""
    facts = task.tries[-1].facts if task.tries else {}
    found: dict[str, Any] = {"task_id": task.name, "status": task.status, "attempt": task.number}
    if task.worktree:
        found["worktree_path"] = task.worktree["path"]
    if task.status in {"verified", "merged"}:
        found |= {"branch": (task.worktree or {}).get("branch", ""), "commit_hash": task.commit}
        found |= {"files_created": facts.get("files", []), "verification_summary": facts.get("summary", "")}
    elif task.status == "abandoned":
        found["final_error"] = task.reason
    elif facts:
        found["error"] = {"type": facts.get("kind", ""), "message": facts.get("reason", "")}
        found["retry_feedback"] = facts.get("feedback", "")
    return json.dumps(found, indent=2, ensure_ascii=False)


def reasons(state: State, names: Sequence[str], run: WorkRun) -> Iterator[str]:
    """Yield why tasks are not verified, with where all of it stands."""
    for name in names:
        task = state.tasks[name]
        if task.status not in {"verified", "merged"} and task.reason:
            place = Path("evidence") / f"{name}-{task.number}"
            yield f"{name}: {wording.cut(task.reason, 300)} ({run.folder / place})"


def main_tree(state: State, *, strict: bool) -> str:
    """Say that the main tree changed, and what to do if that was no agent."""
    some = ", ".join(plaintext.line(path) for path in state.main_tree[:5])
    mend = "; if that was you, begin again with --shared-main-tree" if strict else ""
    return f"the main tree changed meanwhile, and was left as it is: {some}{mend}"
