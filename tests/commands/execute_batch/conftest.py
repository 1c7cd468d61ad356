"""A project with task files, and a batch that is begun."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.support.project import Outcome, Project

TASK = """\
<task><meta><id>{id}</id><name>Make {file}</name></meta><dependencies>{needs}</dependencies>
<objective>Make {file}.</objective><files-to-create><file>app/{file}.py</file></files-to-create>
<verification><step>grep -q VALUE app/{file}.py</step></verification></task>
"""
FILES = {"L1-001": ("enums", ""), "L1-002": ("model", ""), "L1-006": ("config", ""), "L2-001": ("api", "L1-001")}


class Ground:
    """A project whose tasks are carried out by hand, as a host's agents would."""

    def __init__(self, project: Project) -> None:
        self.project = project
        texts = {
            f"tasks/1-foundation/{name}-x.xml": TASK.format(id=name, file=file, needs=needs)
            for name, (file, needs) in FILES.items()
        }
        project.write({**texts, "app/__init__.py": ""}).init_git()

    @property
    def run(self) -> str:
        """Return the run's short id."""
        return next((self.project.folder / ".batchpack" / "runs").glob("2*")).name[-4:]

    def begin(self, ids: str, *more: str) -> Outcome:
        """Begin a batch."""
        words = ("--tasks-path", "tasks", "--task-ids", ids, "--worktree-dir", "../trees", *more)
        return self.project.run("execute-batch", "begin", *words)

    def work(self, name: str, text: str = "VALUE = 1\n") -> None:
        """Do what the agent of a task does in its worktree."""
        tree = self.project.folder.parent / "trees" / name
        (tree / "app" / f"{FILES[name][0]}.py").write_text(text)

    def record(self, name: str, attempt: int = 1, status: str = "verified", *more: str) -> Outcome:
        """Hand in what the agent of a task answered."""
        text = f'All done.\nRESULT:\n{{"task_id": "{name}", "status": "{status}"}}'
        words = ("record", self.run, name, "--attempt", str(attempt), "--file", "-", *more)
        return self.project.run("execute-batch", *words, stdin=text)

    def end(self, ids: str, *more: str) -> Outcome:
        """End a batch."""
        return self.project.run("execute-batch", "end", self.run, "--task-ids", ids, *more)

    def state(self) -> dict[str, Any]:
        """Return `execute-state.json`."""
        facts: dict[str, Any] = json.loads((self.project.folder / "tasks" / "execute-state.json").read_text())
        return facts


@pytest.fixture
def ground(project: Project) -> Ground:
    """Make the project."""
    return Ground(project)
