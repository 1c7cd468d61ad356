"""The start of a run of work: its folder appears whole or not at all."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Mapping
from contextlib import closing, suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from batchpack import clock, files
from batchpack.errors import Unwritable, UsageError
from batchpack.execution.facts import Facts, Options
from batchpack.execution.journal import Draft, Journal
from batchpack.execution.store import WorkRun
from batchpack.merging.target import Target
from batchpack.runs import index, start
from batchpack.runs.store import PROJECT_ROOT
from batchpack.workplan import codec, digest
from batchpack.workplan.values import WorkPlan
from batchpack.worktrees import repository, trees
from batchpack.worktrees.repository import Repository


def create(
    plan: WorkPlan, options: Options, *, project: Path, worktree_dir: Path | None = None, into: str = ""
) -> WorkRun:
    """Make a run of a checked plan; with worktrees its base commit is resolved here, once.

    `into` names the branch that merges move (empty: one of the run's own). Raises BatchpackError for a repository
    that cannot be worked in, Unwritable.
    """
    ground = _ground(plan, project, worktree_dir, into) if plan.worktrees else None  # refused before anything is made
    root = project / PROJECT_ROOT
    parent = start.folder(root / "runs")
    start.sweep(parent)
    files.keep_from_git(root)
    run_id = start.free_id(parent, datetime.now(UTC))
    facts = _facts(run_id, plan, options, project, worktree_dir, into, ground)
    built = _build(parent, facts, plan)
    try:
        start.publish(built, parent / run_id)
    finally:
        shutil.rmtree(built, ignore_errors=True)
    with suppress(Unwritable):  # it is found from its project without
        index.add(index.Entry(run_id, root, project, None, facts.started))
    return WorkRun(parent / run_id)


class Ground(NamedTuple):
    """The repository that worktrees are made from, and the commit that work begins at."""

    repository: Repository
    base: str


def _ground(plan: WorkPlan, project: Path, worktree_dir: Path | None, into: str) -> Ground:
    """Settle where work begins; raises BatchpackError where worktrees or merges cannot be made."""
    repo = repository.open_at(project)
    if worktree_dir is not None:
        trees.checked_place(repo, worktree_dir / plan.tasks[0].id)
    base = ""
    if into:
        target = Target(repo.root, f"refs/heads/{into}")
        target.check()
        base, obstacle = target.look()
        if base and obstacle:
            raise UsageError(f"nothing can be merged into {target.short}: {obstacle}", "name a new branch with --into")
    return Ground(repo, base or repository.resolve(repo, plan.base or "HEAD"))


def _facts(
    run_id: str,
    plan: WorkPlan,
    options: Options,
    project: Path,
    worktree_dir: Path | None,
    into: str,
    ground: Ground | None,
) -> Facts:
    """Settle what the run rests on."""
    plain = Facts(run_id, project, clock.now(), digest.plan_hash(plan), options=options)
    if ground is None:
        return plain
    root = ground.repository.root
    return replace(
        plain,
        base=ground.base,
        target=f"refs/heads/{into or f'batchpack/{run_id}/integration'}",
        worktree_dir=worktree_dir or root.with_name(f"{root.name}.worktrees") / run_id.rpartition("-")[2],
    )


def _build(parent: Path, facts: Facts, plan: WorkPlan) -> Path:
    """Write a run's first files into a folder that no one takes for a run yet."""
    try:
        built = Path(tempfile.mkdtemp(dir=parent, prefix=".new-"))
        built.chmod(0o755)
    except OSError as error:
        raise Unwritable(parent, error.strerror or str(error)) from error
    try:
        files.write_atomic(built / "plan.json", _json(codec.to_json(plan)))
        files.write_atomic(built / "run.json", _json(facts.to_json()))
        with closing(Journal(built / "journal.sqlite")) as journal:
            journal.append(Draft("run_started", facts={"plan_hash": facts.plan_hash, "base": facts.base}))
    except BaseException:
        shutil.rmtree(built, ignore_errors=True)
        raise
    return built


def _json(value: Mapping[str, Any]) -> str:
    """Write a value for people and programs."""
    return json.dumps(value, indent=1, ensure_ascii=False, default=str) + "\n"
