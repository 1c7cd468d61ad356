"""`batchpack worktrees salvage`."""

from __future__ import annotations

from pathlib import Path

from tests.commands.worktrees.ground import lay
from tests.support.project import Project


def test_what_is_not_committed_is_saved_and_comes_back(project: Project) -> None:
    """The lines that are printed bring the file back; the worktree stays as it is."""
    lay(project)

    said = project.run("worktrees", "salvage").assert_ok().out

    assert said.startswith("a1b2  dirty: 1 file saved in ")
    lines = [line.strip() for line in said.partition("bring it back with:\n")[2].splitlines()]
    for line in lines:
        project.execute(["/bin/sh", "-c", line]).assert_ok()
    folder = Path(said.splitlines()[0].rpartition(" saved in ")[2])
    assert "x" == (folder / "restored/draft.txt").read_text()
    assert (project.folder.parent / "project.worktrees/a1b2/dirty/draft.txt").exists()
    assert "" == project.git("status", "--porcelain")


def test_only_what_is_asked_for(project: Project) -> None:
    """A run or a task without anything to save is said to have nothing; JSON lists what was saved."""
    lay(project)

    for words in (("c3d4",), ("--task", "done"), ("--task", "nowhere")):
        assert "Nothing to salvage" in project.run("worktrees", "salvage", *words).assert_ok().out
    (saved,) = project.run("worktrees", "salvage", "--task", "dirty", "--json").json()["salvaged"]
    assert ("dirty", ["draft.txt"], []) == (saved["task"], saved["untracked"], saved["changed"])
