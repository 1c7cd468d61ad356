"""What does not keep a plan from being run, but is worth a second look."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import combinations

from batchpack.tasks.values import one_line
from batchpack.workplan import graph
from batchpack.workplan.values import WorkPlan, WorkTask

COMPARED = 50
"""How many tasks that hand in one file are compared with each other."""


def of(plan: WorkPlan) -> list[str]:
    """Return what is worth a second look, a line each."""
    return [*_unread(plan), *_unverified(plan), *_shared(plan)]


def counted(plan: WorkPlan) -> str:
    """Say how many tasks and layers a plan has."""
    layers, tasks = len(graph.layers(plan)), len(plan.tasks)
    return f"{tasks} task{'' if tasks == 1 else 's'} in {layers} layer{'' if layers == 1 else 's'}"


def _unread(plan: WorkPlan) -> Iterator[str]:
    """Say what of tasks nothing here acts on."""
    for task in plan.tasks:
        file = re.sub(r":\d+$", "", task.where)
        yield from (f"{file}: told to the agent only: {one_line(part)}" for part in task.unread)


def _unverified(plan: WorkPlan) -> Iterator[str]:
    """Say for which tasks no program checks what an agent says."""
    if plan.gate:
        return
    names = [one_line(task.id) for task in plan.tasks if not task.verify and not task.command]
    if names:
        shown = ", ".join(names[:8]) + (f" and {len(names) - 8} more" if len(names) > 8 else "")
        yield f"nothing verifies the work of {shown}: give them verify lines, or the plan a gate"


def _shared(plan: WorkPlan) -> Iterator[str]:
    """Say which tasks hand in the same file though neither waits for the other, so that merging them may conflict."""
    owners: dict[str, list[WorkTask]] = defaultdict(list)
    for task in plan.tasks:
        for path in dict.fromkeys(path.casefold() for path in task.deliverables):
            owners[path].append(task)
    waiting = graph.dependants(plan)
    for path, tasks in owners.items():
        followers = {task.id: waiting[task.id] for task in tasks[:COMPARED]} if len(tasks) > 1 else {}
        pair = next((pair for pair in combinations(followers, 2) if _are_free(pair, followers)), None)
        if pair is not None:
            names = " and ".join(map(one_line, pair))
            yield f"{names} both hand in {one_line(path)} and neither waits for the other: merging may conflict"


def _are_free(pair: tuple[str, str], followers: Mapping[str, frozenset[str]]) -> bool:
    """Tell whether neither of two tasks waits for the other."""
    one, other = pair
    return one not in followers[other] and other not in followers[one]
