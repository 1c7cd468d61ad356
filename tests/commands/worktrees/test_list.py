"""`batchpack worktrees list`."""

from __future__ import annotations

from tests.commands.worktrees.ground import FIRST, lay
from tests.support.project import Project


def test_each_worktree_has_its_line(project: Project) -> None:
    """Run, task, what is in it and where it is stand in columns; a word for a run leaves the others out."""
    lay(project)
    base = project.folder.parent / "project.worktrees"

    said = project.run("worktrees", "list").assert_ok().out

    assert [
        f"a1b2  dirty  uncommitted, 1 file  {base}/a1b2/dirty",
        f"a1b2  done   unmerged, 1 commit   {base}/a1b2/done",
        f"c3d4  idle   unchanged            {base}/c3d4/idle",
    ] == said.splitlines()
    assert 1 == len(project.run("worktrees", "list", "c3d4").assert_ok().out.splitlines())


def test_facts_for_programs(project: Project) -> None:
    """JSON has every fact under its schema."""
    lay(project)

    facts = project.run("worktrees", "list", "a1b2", "--json").json()

    dirty, done = facts["worktrees"]
    assert (1, FIRST, "uncommitted", ["draft.txt"]) == (
        facts["schema"], dirty["run"], dirty["state"], dirty["uncommitted"],
    )  # fmt: skip
    assert (f"batchpack/{FIRST}/done", "unmerged", 1) == (done["branch"], done["state"], done["commits"])


def test_where_there_is_nothing(project: Project) -> None:
    """A project without worktrees says so; one without a repository, or a word for no run, ends in a sentence."""
    project.run("worktrees", "list").assert_failed("is in no git repository")
    project.init_git()

    assert "No worktrees.\n" == project.run("worktrees", "list").assert_ok().out
    project.run("worktrees", "list", "ffff").assert_failed("there is no run 'ffff'")
    project.run("worktrees", "list", "../x").assert_failed("is not the name of a run")
