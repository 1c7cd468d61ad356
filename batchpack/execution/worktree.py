"""The worktree of a task: one for all its attempts, a fresh one when what it was made from went another way."""

from __future__ import annotations

from pathlib import Path

from batchpack.execution.context import Context
from batchpack.execution.journal import Draft
from batchpack.execution.state import Task
from batchpack.worktrees import registry, trees
from batchpack.worktrees.repository import Repository
from batchpack.worktrees.values import Worktree

UNMERGED = ("conflict", "culprit")


def present(repository: Repository, task: Task) -> Worktree | None:
    """Return the worktree that the journal knows of a task, None where there is none any more."""
    facts = task.worktree
    if facts is None:
        return None
    record = registry.find(repository.common, Path(facts["path"]))
    return None if record is None else Worktree(Path(facts["path"]), facts["branch"], facts["base"], record)


def make(context: Context, repository: Repository, name: str, number: int) -> Worktree:
    """Return the worktree for an attempt, made where it is missing; it blocks, and records nothing.

    After a failed merge work begins anew on what is merged by now; the earlier work stays on its branch.
    """
    task, run = context.state.tasks[name], context.run
    folder = run.facts.worktree_dir or run.folder / "worktrees"
    facts = task.worktree
    if facts is None or (task.tries and task.tries[-1].verdict in UNMERGED):
        word = name if facts is None else f"{name}-{number}"
        path, branch, base = folder / word, f"batchpack/{run.id}/{word}", context.state.tip
        old = present(repository, task)
        if old is not None:
            trees.remove(repository, old, salvage_into=run.folder / "salvage")
    else:
        path, branch, base = Path(facts["path"]), facts["branch"], facts["base"]
    plan = run.plan
    return trees.create(
        repository,
        path,
        branch,
        base,
        include=plan.include,
        setup=plan.setup,
        reason=f"run {run.short}, task {name}",
        stop=lambda: context.stopping == 2,
    )


def made(name: str, number: int, worktree: Worktree) -> Draft:
    """Return the event that says where a task's worktree is."""
    facts = {"path": str(worktree.path), "branch": worktree.branch, "base": worktree.base}
    return Draft("worktree_made", name, number, facts)
