"""Which worktrees a command is about."""

from __future__ import annotations

from batchpack.worktrees import listing, repository
from tests.commands.worktrees.ground import FIRST, lay
from tests.support.project import Project


def test_runs_are_meant_by_any_of_their_names(project: Project) -> None:
    """The last four digits, the start of the id and `latest` lead to a run; two runs for a word are told."""
    lay(project)

    def tasks(word: str) -> list[str]:
        return [one["task"] for one in project.run("worktrees", "list", word, "--json").json()["worktrees"]]

    assert [["dirty", "done"], ["dirty", "done"], ["idle"]] == [tasks(word) for word in ("a1b2", FIRST, "latest")]
    project.run("worktrees", "list", "2026").assert_failed("means 2 runs")


def test_runs_with_branches_only_are_known(project: Project) -> None:
    """A run of which branches alone are left can still be named, packed branches too."""
    lay(project)
    project.run("worktrees", "clean", "--all").assert_ok()
    project.git("pack-refs", "--all")

    assert {FIRST} == listing.branched(repository.open_at(project.folder))
    assert "No worktrees.\n" == project.run("worktrees", "list", "a1b2").assert_ok().out
