"""The order for an attempt: its folder, its prompt, its agent and model."""

from __future__ import annotations

from batchpack.attempts import prompt
from batchpack.attempts.ladder import COUNTED, Rung
from batchpack.execution.context import Context
from batchpack.executor import Order
from batchpack.worktrees.values import Worktree


def order_for(context: Context, name: str, rung: Rung, worktree: Worktree | None) -> Order:
    """Return the order for an attempt."""
    about = context.tasks[name]
    folder = worktree.path if worktree else context.run.facts.project
    if worktree and context.repository and context.repository.prefix:
        folder = folder / context.repository.prefix
    return Order(
        task=name,
        attempt=rung.number,
        prompt=context.run.prompt(name, rung.number),
        folder=folder,
        command=about.command,
        agent=about.agent,
        model=rung.model,
        session=rung.session,
        commands=about.verify,
    )


def write_prompt(context: Context, order: Order, rung: Rung, worktree: Worktree | None) -> None:
    """Write what the agent of an attempt is told, with what went wrong before."""
    state = context.state.tasks[order.task]
    counted = [one for one in state.tries[state.forgotten :] if one.verdict in COUNTED]
    earlier = [
        prompt.Earlier(one.number, str(one.facts.get("reason", "")), context.run.evidence(order.task, one.number))
        for one in counted
    ]
    told = prompt.Told(
        task=context.tasks[order.task],
        attempt=rung.number,
        folder=order.folder,
        branch=worktree.branch if worktree else "",
        earlier=earlier,
        feedback=str(counted[-1].facts.get("feedback", "")) if counted else "",
        fresh=rung.fresh,
        repeated=rung.repeated,
        expansion=context.options.allow_scope_expansion,
    )
    prompt.write(order.prompt, told, context.content_roots)
