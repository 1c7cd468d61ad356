"""A project with a batch of two tasks, and commands about it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from batchpack.queue import batches, database
from batchpack.queue.store import SqliteQueue
from batchpack.queue.values import Draft
from tests.support.project import Outcome, Project


@dataclass(frozen=True)
class ItemDesk:
    """A batch in a project."""

    project: Project
    path: Path

    def items(self, *words: str, stdin: str = "", worker: str = "w1") -> Outcome:
        """Run `batchpack items` as a worker."""
        return self.project.run("items", *words, stdin=stdin, env={"BATCHPACK_WORKER": worker})

    def task(self, name: str) -> dict[str, Any]:
        """Return a task as the file has it."""
        with SqliteQueue(self.path) as queue:
            return queue.get(name).to_json()

    def claim(self, name: str, worker: str = "w1", lease: float = 600) -> int:
        """Claim a task; returns the token."""
        with SqliteQueue(self.path) as queue:
            found = queue.claim(worker, task=name, lease=lease)
            assert found is not None
            return found.token


def make_desk(project: Project) -> ItemDesk:
    """Make a batch of the tasks a and b."""
    path = batches.make(project.folder, "mails") / database.NAME
    with SqliteQueue(path) as queue:
        queue.add([Draft("a", title="November", body="Sort them."), Draft("b")])
    return ItemDesk(project, path)
