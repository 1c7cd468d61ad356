"""Which tasks may begin: those whose dependencies are settled, the longest chains first, within the pools' places."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterable, Mapping

from batchpack.workplan.values import WorkPlan, WorkTask


class Schedule:
    """The tasks that wait for nothing, in the order in which they begin; it knows nothing of time or state.

    In a layered plan a layer begins when all tasks of those before it are over. A task is offered once each time it
    becomes ready or is given back by `again`.
    """

    def __init__(self, plan: WorkPlan, settled: Iterable[str] = ()) -> None:
        self._tasks = {task.id: task for task in plan.tasks}
        self._order = {task.id: number for number, task in enumerate(plan.tasks)}
        self._pools, self._taken = dict(plan.pools), Counter[str]()
        self._over, self._dropped = set[str](), set[str]()
        done = set(settled)
        self._waits = {task.id: set(task.depends_on) - done for task in plan.tasks}
        self._dependants = _dependants(plan.tasks)
        self._height = chains(self._tasks)
        self._stages = stages(plan)
        self._open = Counter(self._stages.values())
        self._stage, self._later = 0, list[str]()
        self._ready: list[tuple[int, int, int, str]] = []
        for name in done & self._tasks.keys():
            self._end(name)
        for task in plan.tasks:
            if task.id not in done and not self._waits[task.id]:
                self.again(task.id)

    def again(self, name: str) -> None:
        """Offer a task once more, unless it was dropped; one of a later stage when its stage begins."""
        if name in self._dropped:
            return
        if self._stages[name] > self._stage:
            self._later.append(name)
            return
        heapq.heappush(self._ready, (-self._tasks[name].priority, -self._height[name], self._order[name], name))

    def settle(self, name: str) -> None:
        """Note that what depends on a task need not wait for it any more."""
        for other in self._dependants[name]:
            waits = self._waits[other]
            if name in waits:
                waits.discard(name)
                if not waits:
                    self.again(other)
        self._end(name)

    def _end(self, name: str) -> None:
        """Count a task as over; the last of a stage lets the next one begin."""
        if name in self._over:
            return
        self._over.add(name)
        self._open[self._stages[name]] -= 1
        before, last = self._stage, max(self._open, default=0)
        while self._stage < last and not self._open[self._stage]:
            self._stage += 1
        if self._stage > before:
            waiting, self._later = self._later, []
            for other in waiting:
                self.again(other)

    def take(self) -> WorkTask | None:
        """Return the task that begins next and take its places in the pools; None if none may begin now."""
        held = []
        found = None
        while self._ready and found is None:
            entry = heapq.heappop(self._ready)
            task = self._tasks[entry[3]]
            if self._fits(task):
                found = task
            else:
                held.append(entry)
        for entry in held:
            heapq.heappush(self._ready, entry)
        if found is not None:
            self._taken.update(found.needs)
        return found

    def offers(self) -> bool:
        """Tell whether a task waits for its turn, be it for a place in a pool."""
        return bool(self._ready or self._later)

    def free(self, name: str) -> None:
        """Give a task's places in the pools back."""
        self._taken.subtract(self._tasks[name].needs)

    def hold(self, name: str) -> None:
        """Take a task's places in the pools without offering it: it runs already."""
        self._taken.update(self._tasks[name].needs)
        self.withhold([name])

    def withhold(self, names: Iterable[str]) -> None:
        """Do not offer these tasks for now: somebody else has them in hand."""
        gone = set(names)
        self._ready = [entry for entry in self._ready if entry[3] not in gone]
        heapq.heapify(self._ready)
        self._later = [name for name in self._later if name not in gone]

    def drop(self, names: Iterable[str]) -> None:
        """Offer these tasks no more, also when what they wait for is settled."""
        gone = list(names)
        self._dropped.update(gone)
        self.withhold(gone)
        for name in gone:
            self._end(name)

    def waits_for(self, name: str) -> tuple[str, ...]:
        """Return what a task still waits for."""
        return tuple(other for other in self._tasks[name].depends_on if other in self._waits[name])

    def after(self, name: str) -> set[str]:
        """Return all tasks that can never begin without this one."""
        found: set[str] = set()
        heap = [name]
        while heap:
            for other in self._dependants[heap.pop()]:
                if other not in found:
                    found.add(other)
                    heap.append(other)
        return found

    def _fits(self, task: WorkTask) -> bool:
        """Tell whether all pools that a task needs have a place."""
        need = Counter(task.needs)
        return all(self._taken[pool] + places <= self._pools.get(pool, 1) for pool, places in need.items())


def stages(plan: WorkPlan) -> dict[str, int]:
    """Return the number of each task's stage: in a layered plan that of its layer, by first appearance, else 0."""
    layers = list(dict.fromkeys(task.layer for task in plan.tasks))
    return {task.id: layers.index(task.layer) if plan.layered else 0 for task in plan.tasks}


def _dependants(tasks: Iterable[WorkTask]) -> dict[str, list[str]]:
    """Return for each task those that name it as a dependency."""
    found: dict[str, list[str]] = {}
    for task in tasks:
        found.setdefault(task.id, [])
        for other in task.depends_on:
            found.setdefault(other, []).append(task.id)
    return found


def chains(tasks: Mapping[str, WorkTask]) -> dict[str, int]:
    """Return for each task the length of the longest chain of these tasks that follows it, itself counted."""
    waits = {name: {other for other in task.depends_on if other in tasks} for name, task in tasks.items()}
    left = Counter(other for others in waits.values() for other in others)
    height = dict.fromkeys(tasks, 1)
    queue = [name for name in tasks if not left[name]]
    while queue:
        name = queue.pop()
        for other in waits[name]:
            height[other] = max(height[other], height[name] + 1)
            left[other] -= 1
            if not left[other]:
                queue.append(other)
    return height
