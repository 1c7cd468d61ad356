"""A run that nobody drives, with finished work in its merge queue."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing

from batchpack.execution import starting
from batchpack.execution.facts import Options
from batchpack.execution.merger import merger_of
from batchpack.execution.store import WorkRun
from batchpack.merging.queue import Queue
from batchpack.merging.values import Entry
from batchpack.workplan.values import WorkPlan, WorkTask
from batchpack.worktrees import repository
from tests.merging.ground import Ground
from tests.support.project import Outcome, Project


class Desk:
    """A project with a run of the tasks one to four, of which `queue` puts work into the queue."""

    def __init__(self, project: Project, *gate: str, setup: tuple[str, ...] = (), worktrees: bool = True) -> None:
        self.project, self.ground = project, Ground(project)
        tasks = tuple(WorkTask(name, f"Title of {name}", command="true") for name in ("one", "two", "three", "four"))
        plan = WorkPlan("desk", tasks, gate=gate, setup=setup, worktrees=worktrees)
        self.made: WorkRun = starting.create(plan, Options(), project=project.folder)
        if worktrees:
            with closing(Queue(self.made.journal)) as queue:
                merger_of(self.made, repository.open_at(project.folder), queue).begin(self.made.facts.base)

    def queue(self, **work: Mapping[str, str]) -> None:
        """Put finished work of tasks into the queue."""
        with closing(Queue(self.made.journal)) as queue:
            for task, files in work.items():
                commit = self.ground.commit(files)
                queue.add(Entry(task, f"Title of {task}", f"batchpack/{task}", commit, self.ground.base))

    def merge(self, *words: str) -> Outcome:
        """Run `batchpack merge <words>`."""
        return self.project.run("merge", *words)

    def states(self) -> dict[str, str]:
        """Return the state of each entry in the queue."""
        with closing(Queue(self.made.journal)) as queue:
            return {one.task: one.state for one in queue.entries()}

    def close(self) -> None:
        """Close what is open."""
        self.ground.queue.close()
