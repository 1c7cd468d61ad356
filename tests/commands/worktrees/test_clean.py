"""`batchpack worktrees clean`."""

from __future__ import annotations

from batchpack.files import locked
from tests.commands.worktrees.ground import FIRST, lay
from tests.support.project import Project


def left(project: Project) -> set[str]:
    """Name the worktrees that are left."""
    folder = project.folder.parent / "project.worktrees"
    return {path.name for path in folder.glob("*/*")}


def test_only_what_is_not_needed_goes(project: Project) -> None:
    """Worktrees with unmerged work stay with the reason; a dry run takes nothing away."""
    lay(project)

    assert "Would take away: 1 worktree.\n" in project.run("worktrees", "clean", "--dry-run").assert_ok().out
    assert {"done", "dirty", "idle"} == left(project)
    said = project.run("worktrees", "clean").assert_ok().out

    assert "Taken away: 1 worktree.\nKept: 2 worktrees.\n" in said
    assert "1 file not committed" in said
    assert "1 commit not merged" in said
    assert {"done", "dirty"} == left(project)


def test_all_go_when_asked_and_work_is_saved(project: Project) -> None:
    """With --all nothing is left; files are in the salvage that is named, commits on their branch."""
    lay(project)

    facts = project.run("worktrees", "clean", "--all", "--json").json()

    saved = {one["task"]: one["salvaged"] for one in facts["worktrees"]}
    assert (None, None, f"{project.folder}/.batchpack/salvage/{FIRST}/dirty") == (
        saved["done"], saved["idle"], saved["dirty"],
    )  # fmt: skip
    assert set() == left(project)
    assert f"batchpack/{FIRST}/done" in project.git("branch")
    assert "Taken away: no worktrees.\n" == project.run("worktrees", "clean").assert_ok().out


def test_merged_branches_go_too(project: Project) -> None:
    """Once the user has a task's work, its worktree and branch go."""
    lay(project)
    project.git("merge", "-q", f"batchpack/{FIRST}/done")

    said = project.run("worktrees", "clean", "a1b2").assert_ok().out

    assert "Taken away: 1 worktree and 1 merged branch.\n" in said
    assert f"batchpack/{FIRST}/done" not in project.git("branch")


def test_a_run_that_goes_on_is_left_alone(project: Project) -> None:
    """While a process drives a run none of its worktrees goes, whatever is asked."""
    lay(project)
    folder = project.folder / ".batchpack/runs" / FIRST
    project.write({f".batchpack/runs/{FIRST}/run.json": '{"schema": 1, "kind": "work"}'})

    with locked(folder / ".lock", "the run"):
        said = project.run("worktrees", "clean", "--all").assert_ok().out

    assert 2 == said.count("the run goes on")
    assert {"done", "dirty"} == left(project)
