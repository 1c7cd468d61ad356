"""The worktrees there are, with the state of each."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from batchpack.worktrees import changes, listing, registry
from batchpack.worktrees.listing import Row
from tests.support.project import Project
from tests.worktrees.build import Ground, lay


def told(ground: Ground) -> dict[str, str]:
    """Return the state of each task's worktree."""
    return {row.task: row.state for row in listing.rows(ground.again().repository)}


def test_every_state_is_told(project: Project) -> None:
    """Of each worktree it is said what is in it and whether something would be lost with it."""
    ground = lay(project)
    made = {name: ground.tree(name) for name in ("idle", "half", "gone", "astray", "dirty", "done", "merged")}
    for name in ("done", "merged"):
        (made[name].path / name).write_text("x")
        changes.commit(made[name], name)
    project.git("merge", "-q", "batchpack/run/merged")
    (made["dirty"].path / "new").write_text("x")
    registry.unmark(made["half"].record)
    project.git("-C", str(made["astray"].path), "checkout", "-q", "--detach")
    shutil.rmtree(made["gone"].path)
    project.git("worktree", "add", "-q", str(project.home / "mine"))

    assert {
        "idle": "unchanged", "half": "half made", "gone": "gone", "astray": "astray", "dirty": "uncommitted",
        "done": "unmerged", "merged": "merged",
    } == told(ground)  # fmt: skip
    rows = {row.task: row for row in listing.rows(ground.again().repository)}
    assert (("new",), 1, "run") == (rows["dirty"].uncommitted, rows["done"].commits, rows["done"].run)


def test_work_on_the_integration_branch_is_merged(project: Project) -> None:
    """A run's own integration branch counts, and so does a ref that is named."""
    ground = lay(project)
    for name in ("one", "two"):
        made = ground.tree(name)
        (made.path / name).write_text("x")
        changes.commit(made, name)
    project.git("branch", "batchpack/run/integration", "batchpack/run/one")
    project.git("branch", "next", "batchpack/run/two")

    assert {"one": "merged", "two": "unmerged"} == told(ground)
    assert ["merged", "merged"] == [row.state for row in listing.rows(ground.repository, ["refs/heads/next"])]


@pytest.mark.skipif(not Path("/proc/self/cwd").exists(), reason="the system does not tell")
def test_one_in_which_a_process_works_is_in_use(project: Project) -> None:
    """An agent that outlived its orchestrator is seen by its working directory."""
    ground = lay(project)
    made = ground.tree()
    words = [sys.executable, "-c", "import sys; print(flush=True); sys.stdin.read()"]
    with subprocess.Popen(words, cwd=made.path, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        child.stdout.readline()

        assert [("in use", (child.pid,))] == [(row.state, row.processes) for row in listing.rows(ground.repository)]
        child.communicate(b"")


def test_the_merge_queues_worktree_belongs_to_its_run(project: Project) -> None:
    """A worktree on no branch that a merge queue locked is listed without a task, by the run in its path."""
    ground = lay(project)
    place = project.home / "20260102T030405-a1b2" / "merge"
    words = ("--detach", "--lock", "--reason", "batchpack merge queue")
    project.git("worktree", "add", "-q", *words, str(place))

    (row,) = listing.rows(ground.repository)

    assert isinstance(row, Row)
    assert ("20260102T030405-a1b2", "", "unchanged") == (row.run, row.task, row.state)
