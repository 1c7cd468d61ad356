"""A plan's dependencies as a graph: layers, the longest chain, and all that waits for a task; all linear."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from batchpack.tasks import graph
from batchpack.workplan.values import WorkPlan


def of(plan: WorkPlan) -> dict[str, tuple[str, ...]]:
    """Return each task's id with the ids it depends on, in the author's order."""
    return {task.id: task.depends_on for task in plan.tasks}


def layers(plan: WorkPlan) -> list[tuple[str, ...]]:
    """Return the ids by the length of the longest chain before them, those that are free to start first.

    Tasks in a circle, or that wait for such or for what does not exist, stand in no layer.
    """
    dependencies = of(plan)
    ordered, _ = graph.order(dependencies)
    level = graph.levels(dependencies, ordered)
    found: list[list[str]] = [[] for _ in range(max(level.values(), default=-1) + 1)]
    for name in dependencies:
        if name in level:
            found[level[name]].append(name)
    return [tuple(names) for names in found]


def critical_path(plan: WorkPlan) -> list[str]:
    """Return a longest chain of dependencies, first to last."""
    return graph.critical_path(of(plan))


class Dependants(Mapping[str, frozenset[str]]):
    """For each task all that wait for it, also through others; counted when asked for.

    All sets together would hold n²/2 ids for a chain of n tasks.
    """

    def __init__(self, plan: WorkPlan) -> None:
        self._followers = graph.followers_of(of(plan))

    def __getitem__(self, name: str) -> frozenset[str]:
        self._followers[name]  # an unknown name is a KeyError
        return frozenset(graph.reached(self._followers, name))

    def __iter__(self) -> Iterator[str]:
        return iter(self._followers)

    def __len__(self) -> int:
        return len(self._followers)


def dependants(plan: WorkPlan) -> Mapping[str, frozenset[str]]:
    """Return for each task all that wait for it, also through others; a task in a circle waits for itself."""
    return Dependants(plan)
