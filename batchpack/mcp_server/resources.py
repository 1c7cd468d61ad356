"""What can be read: the batches of items, the runs and their plans; all of this project, none can be changed here."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from batchpack.errors import BatchpackError
from batchpack.output import SCHEMA
from batchpack.queue import batches, database
from batchpack.queue.store import SqliteQueue
from batchpack.runs import ids, listing, store
from batchpack.runs.store import Run, UnknownRun


@dataclass(frozen=True)
class Resources:
    """The resources of a project."""

    project: Path

    def all(self) -> dict[str, Callable[..., str]]:
        """Return what is read at which address; the docstrings are what clients show."""
        return {
            "batchpack://batches": self.batches,
            "batchpack://runs": self.runs,
            "batchpack://runs/{run}": self.run,
            "batchpack://runs/{run}/plan": self.plan,
        }

    def batches(self) -> str:
        """The batches of items with the counts of their tasks, the oldest first."""
        found = []
        for folder in batches.of_project(self.project):
            try:
                with SqliteQueue(folder / database.NAME) as queue:
                    found.append({"batch": folder.name, "tasks": queue.counts()})
            except BatchpackError as error:
                found.append({"batch": folder.name, "unreadable": error.message})
        return _json({"batches": found})

    def runs(self) -> str:
        """The runs of the project, the newest first, with what came of their tasks."""
        return _json({"runs": [asdict(row) for row in listing.rows(self.project)]})

    def run(self, run: str) -> str:
        """Where a run stands: each task with its attempts and what it handed in."""
        found = self._find(run)
        return _json({"run": found.id, "request": found.plan.request, **found.state().to_json()})

    def plan(self, run: str) -> str:
        """The plan of a run, as it was begun with."""
        return _json({"run": run, "plan": json.loads((self._find(run).folder / "plan.json").read_text())})

    def _find(self, word: str) -> Run:
        """Return a run of this project, none of others; raises UnknownRun."""
        ids.check_run_word(word)
        found = [folder for folder in store.of_project(self.project) if ids.matches(folder.name, word)]
        if len(found) != 1:
            raise UnknownRun(word)
        return Run(found[0])


def _json(facts: dict[str, Any]) -> str:
    """Write facts as JSON with its schema version."""
    return json.dumps({"schema": SCHEMA, **facts}, ensure_ascii=False, indent=1, default=str)
