"""`batchpack run`: carry out a plan of work without a host's window."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from batchpack.app import App

if TYPE_CHECKING:
    from batchpack.execution.facts import Halt

UNITS = ("dollars", "tokens", "minutes", "attempts")
HALTS = ("layer", "never", "soon", "now")


@click.command(short_help="Carry out a plan: in worktrees, at once, checked, merged.")
@click.argument("plan", type=click.Path(path_type=Path))
@click.option("--source", help="The plan's format, where it cannot be told by its look.")
@click.option("-j", "--jobs", type=click.IntRange(1, 256), default=8, show_default=True, help="Tasks at the same time.")
@click.option("--executor", default="", help="Who works on tasks that name nobody: claude, opencode, ….")
@click.option("--engine", default="local", show_default=True, help="Where attempts run.")
@click.option("--model", default="", help="The model of agents whose task names none.")
@click.option("--strong-model", default="", help="The model of the last attempts.")
@click.option("--budget", multiple=True, metavar="UNIT=LIMIT", help=f"A limit: {', '.join(UNITS)}. May be repeated.")
@click.option(
    "--halt", type=click.Choice(HALTS), default="layer", show_default=True, help="What a task given up stops."
)
@click.option("--no-worktrees", is_flag=True, help="Work in the project itself; nothing is isolated or merged.")
@click.option("--worktree-dir", type=click.Path(file_okay=False, path_type=Path), help="Where worktrees are made.")
@click.option("--into", default="", metavar="BRANCH", help="The branch that merges move; checked out nowhere.")
@click.option("--keep-worktrees", is_flag=True, help="Leave the worktrees of merged tasks in place.")
@click.option("--shared-main-tree", is_flag=True, help="Others write in the main tree meanwhile: tell it, fail nobody.")
@click.option("--allow-scope-expansion", is_flag=True, help="Accept changes outside its scope that an agent explains.")
@click.option("--dry-run", is_flag=True, help="Print the order, and make nothing.")
@click.option("--project", type=click.Path(file_okay=False, path_type=Path), help="The project's folder.")
@click.option("--json", "as_json", is_flag=True, help="Print every event as a line of JSON.")
@click.pass_obj
def command(  # noqa: PLR0913, PLR0917 - one for each option
    app: App,
    plan: Path,
    source: str | None,
    jobs: int,
    executor: str,
    engine: str,
    model: str,
    strong_model: str,
    budget: tuple[str, ...],
    halt: str,
    no_worktrees: bool,
    worktree_dir: Path | None,
    into: str,
    keep_worktrees: bool,
    shared_main_tree: bool,
    allow_scope_expansion: bool,
    dry_run: bool,
    project: Path | None,
    as_json: bool,
) -> None:
    """Carry out a plan of work: a plan file, a folder of task files, or a feature of .tmp/tasks.

    Each task runs in a worktree of its own, is verified by the program and merged one after another; failed ones are
    tried again with what failed. Killed or interrupted, it goes on with `batchpack resume`.
    The exit code is the number of tasks that failed, 101 for more than 100.
    """
    from dataclasses import replace

    from batchpack.attempts.budget import limits
    from batchpack.execution import console, starting
    from batchpack.execution.facts import Options

    folder = app.project(project)
    found = app.source(source, plan)
    read = found.read(plan.resolve())
    read = replace(read, kind=found.NAME, worktrees=read.worktrees and not no_worktrees)
    options = Options(
        jobs=jobs,
        executor=executor,
        engine=engine,
        halt=cast("Halt", halt),
        budget=limits(budget),
        model=model,
        strong_model=strong_model,
        strict=not shared_main_tree,
        allow_scope_expansion=allow_scope_expansion,
        keep_worktrees=keep_worktrees,
    )
    if dry_run:
        console.preview(read, options, as_json=as_json)
        return
    console.check(app, read, options)
    run = starting.create(
        read, options, project=folder, worktree_dir=worktree_dir.resolve() if worktree_dir else None, into=into
    )
    console.drive(app, run, as_json=as_json)
