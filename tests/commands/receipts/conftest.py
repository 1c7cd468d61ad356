"""A project with a batch of one task that worker-1 has claimed, and two files to move."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from batchpack.queue import batches, database
from batchpack.queue.store import SqliteQueue
from batchpack.queue.values import Draft
from tests.support.project import Outcome, Project


@dataclass(frozen=True)
class Desk:
    """A batch in a project, and who works on it."""

    project: Project
    folder: Path

    def receipts(self, *words: str, stdin: str = "") -> Outcome:
        """Run `batchpack receipts`."""
        return self.project.run("receipts", *words, stdin=stdin)

    def begin(self, item: str, *more: str) -> str:
        """Write the receipt before an act; returns the act."""
        words = ("--what", "archive", "--task", "chunk-01", "--token", "1", "--item", item, "--worker", "worker-1")
        return str(self.receipts("append", "before", *words, "--json", *more).json()["receipt"]["act"])

    def move(self, item: str) -> str:
        """Move a file with receipts; returns the act."""
        (self.project.folder / "new").mkdir(exist_ok=True)
        (self.project.folder / item).write_text(item)
        act = self.begin(item, "--", "mv", f"new/{item}", item)
        (self.project.folder / item).rename(self.project.folder / "new" / item)
        self.receipts("append", "after", "--act", act, "--result", "done").assert_ok()
        return act

    def acts(self, *words: str) -> list[dict[str, object]]:
        """Return the acts that `show` lists."""
        found: list[dict[str, object]] = self.receipts("show", "--json", *words).json()["acts"]
        return found

    def queue(self) -> SqliteQueue:
        """Open the batch's queue."""
        return SqliteQueue(self.folder / database.NAME)


@pytest.fixture
def desk(project: Project) -> Desk:
    """Make the batch."""
    one = Desk(project, batches.make(project.folder.resolve(), "mails"))
    with one.queue() as queue:
        queue.add([Draft("chunk-01")])
        assert queue.claim("worker-1")
    return one
