"""A task's attempts as the ladder counts them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from batchpack.attempts.ladder import GiveUp, Outcome, Past, Rung, following
from batchpack.execution.context import Context
from batchpack.execution.state import Task, Try

OUTCOMES: Mapping[str, Outcome] = {
    "failed": "failed", "lost": "lost", "paused": "paused", "conflict": "conflict", "culprit": "culprit",
    "verified": "verified",
}  # fmt: skip


def past(task: Task) -> list[Past]:
    """Return what a task's attempts came to, in their order; cancelled ones left nothing to say."""
    return [_past(one) for one in task.tries[task.forgotten :] if one.verdict in OUTCOMES]


def _past(one: Try) -> Past:
    """Return one attempt as the ladder sees it."""
    facts = one.facts
    return Past(
        number=one.number,
        outcome=OUTCOMES[one.verdict],
        failure=facts.get("failure", ""),
        tree=facts.get("tree", ""),
        session=facts.get("session", ""),
        fresh=bool(facts.get("fresh")),
        reason=facts.get("reason", ""),
    )


def next_of(context: Context, name: str) -> Rung | GiveUp:
    """Say what a task's next attempt is, or why there is none."""
    about, options, task = context.tasks[name], context.options, context.state.tasks[name]
    rung = following(
        past(task),
        about.attempts,
        agent=context.executor_of(about).AGENT,
        model=about.model or options.model,
        strong_model=options.strong_model,
    )
    # a number is never given twice, whatever was forgotten: it names branches, files and the engine's attempt
    return rung if isinstance(rung, GiveUp) else replace(rung, number=task.number + 1)
