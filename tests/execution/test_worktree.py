"""The worktree of a task."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

from batchpack.execution import worktree as worktrees
from batchpack.execution.context import Context
from batchpack.execution.facts import Options
from batchpack.execution.journal import Draft
from batchpack.execution.starting import create
from batchpack.workplan.values import WorkPlan
from batchpack.worktrees import repository
from tests.execution.ground import Parts, task
from tests.support.project import Project


async def _made(context: Context, number: int) -> tuple[Path, str, str]:
    """Make the worktree for an attempt and note it."""
    repo = repository.open_at(context.run.facts.project)
    made = worktrees.make(context, repo, "a", number)
    context.record(worktrees.made("a", number, made))
    return made.path, made.branch, made.base


def test_all_attempts_share_one_until_a_merge_fails(tmp_path: Path) -> None:
    """A failed attempt goes on in its worktree; after a conflict there is a fresh one on what is merged by then."""
    project = Project(tmp_path).write({"a.txt": "1"}).init_git()
    run = create(WorkPlan("p", (task("a"),)), Options(), project=project.folder)
    project.write({"b.txt": "2"})
    project.git("add", "b.txt")
    project.git("commit", "-qm", "second")
    tip = project.git("rev-parse", "HEAD").strip()

    async def go() -> list[tuple[Path, str, str]]:
        async with Parts(run) as context:
            first = await _made(context, 1)
            context.record(Draft("judged", "a", 1, {"verdict": "failed"}))
            again = await _made(context, 2)
            context.record(Draft("merge_failed", "a", 2, {"state": "conflict"}))
            context.state.tip = tip
            return [first, again, await _made(context, 3)]

    first, again, fresh = asyncio.run(go())
    folder = run.facts.worktree_dir or Path()
    assert (folder / "a", f"batchpack/{run.id}/a", run.facts.base) == first == again
    assert (folder / "a-3", f"batchpack/{run.id}/a-3", tip) == fresh
    assert ["a-3"] == [path.name for path in folder.iterdir() if not path.name.startswith(".")]


def test_one_that_is_gone_is_not_there(tmp_path: Path) -> None:
    """Nothing is returned for a task without a worktree, or whose record git no longer has."""
    project = Project(tmp_path).write({"a.txt": "1"}).init_git()
    repo = repository.open_at(project.folder)
    from batchpack.execution.state import Task

    assert None is worktrees.present(repo, Task("a"))
    gone = replace(Task("a"), worktree={"path": str(tmp_path / "gone"), "branch": "b", "base": "c"})
    assert None is worktrees.present(repo, gone)
