"""A repository with a task's worktree, and attempts at the task that ended in any way."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from batchpack.attempts.judge import judge
from batchpack.attempts.verdict import Ended, Verdict
from batchpack.executor import Answer
from batchpack.workplan.values import WorkTask
from batchpack.worktrees import repository, trees
from batchpack.worktrees.values import Worktree
from tests.support.project import Project

TASK = WorkTask("L1-001", "Create enums", prompt="Write them.", deliverables=("app/enums.py",), scope=("app/",))


def said(status: str = "verified", **facts: Any) -> Answer:
    """Return an agent's last words with a RESULT."""
    return Answer(f"Done.\n\nRESULT:\n{json.dumps({'task_id': 'L1-001', 'status': status, **facts})}")


@dataclass
class Ground:
    """A project with the worktree of one task, and the folder for evidence."""

    project: Project
    worktree: Worktree
    evidence: Path

    def write(self, tree: Mapping[str, str]) -> Ground:
        """Write files into the worktree."""
        for path, text in tree.items():
            file = self.worktree.path / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        return self

    def git(self, *words: str) -> str:
        """Run git in the worktree."""
        return self.project.execute(["git", *words], cwd=self.worktree.path).assert_ok().out.strip()

    def judged(
        self, answer: Answer | None = None, *, task: WorkTask = TASK, allow_expansion: bool = False, **facts: Any
    ) -> Verdict:
        """Judge an attempt that ended well unless told otherwise."""
        ended = Ended(task, 1, self.worktree.path, self.worktree, answer or said(), agent=True, code=0)
        return judge(replace(ended, **facts), self.evidence, allow_expansion=allow_expansion)


def ground(base: Path, tree: Mapping[str, str] | None = None) -> Ground:
    """Make a project with one commit, and a worktree beside it."""
    project = Project(base).write({"README.md": "hello\n", "app/__init__.py": "", **(tree or {})}).init_git()
    for name, value in (("user.name", "T"), ("user.email", "t@example.com")):
        project.git("config", name, value)
    repo = repository.open_at(project.folder)
    head = repository.resolve(repo, "HEAD")
    worktree = trees.create(repo, base / "trees" / "L1-001", "batchpack/r/L1-001", head, reason="test")
    return Ground(project, worktree, base / "evidence" / "L1-001-1")
