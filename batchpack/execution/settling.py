"""What follows from a verdict: a retry, the merge queue, or the end of a task."""

from __future__ import annotations

from batchpack.attempts.ladder import GiveUp
from batchpack.execution.context import Context
from batchpack.execution.halting import halt
from batchpack.execution.history import next_of
from batchpack.execution.journal import Draft


def settle(context: Context, name: str) -> None:
    """Draw the consequences of the state that a task is in; safe to be drawn again after a crash."""
    match context.state.tasks[name].status:
        case "verified" if context.repository is None:
            context.schedule.settle(name)
        case "verified":
            context.merge_wanted.set()
        case "merged":
            context.schedule.settle(name)
        case "pending" | "failed" | "conflict" | "culprit":
            _again_or_abandon(context, name)
        case _:
            pass
    context.changed.set()


def _again_or_abandon(context: Context, name: str) -> None:
    """Offer a task again unless the ladder has no rung left."""
    following = next_of(context, name)
    if isinstance(following, GiveUp):
        task = context.state.tasks[name]
        context.record(Draft("abandoned", name, task.number, {"reason": following.reason}))
        context.schedule.drop([name])
        halt(context)
    else:
        context.schedule.again(name)
