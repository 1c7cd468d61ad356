"""What an abandoned task stops: what depends on it always, more if the caller said so."""

from __future__ import annotations

from batchpack.execution.context import Context
from batchpack.execution.journal import Draft

OPEN = ("pending", "failed", "conflict", "culprit")


def halt(context: Context) -> None:
    """Leave out what can never begin, and stop as far as `halt` says; a second call for the same task does nothing."""
    abandoned = [task.name for task in context.state.tasks.values() if task.status == "abandoned"]
    drafts: list[Draft] = []
    for name in abandoned:
        drafts += _skipped(context, name, {one.task for one in drafts})
    if drafts:
        context.schedule.drop(one.task for one in drafts)
        context.record(*drafts)
    if abandoned and context.options.halt in {"soon", "now"} and not context.state.halted:
        context.record(Draft("halted", facts={"reason": f"{abandoned[0]} was abandoned"}))
    if context.state.halted:
        context.stopping = max(context.stopping, 2 if context.options.halt == "now" else 1)


def _skipped(context: Context, name: str, known: set[str]) -> list[Draft]:
    """Return what follows on the abandonment of a task, beyond what is known."""
    after = context.schedule.after(name)
    found = dict.fromkeys(after, f"it depends on {name}, which was abandoned")
    if context.options.halt == "layer":
        found = dict.fromkeys(later(context, name), f"{name} of an earlier layer was abandoned") | found
    return [
        Draft("skipped", other, facts={"reason": reason})
        for other, reason in found.items()
        if other not in known and context.state.tasks[other].status in OPEN
    ]


def later(context: Context, name: str) -> list[str]:
    """Return the tasks of layers behind that of a task; layers follow one another as their names first appear.

    A plan that names no layers has none: there only what depends on a task is stopped by it.
    """
    layers = list(dict.fromkeys(task.layer for task in context.tasks.values()))
    own = layers.index(context.tasks[name].layer)
    behind = set(layers[own + 1 :]) - {""}
    return [task.id for task in context.tasks.values() if task.layer in behind]
