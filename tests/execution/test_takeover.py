"""How merged work is taken over."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from batchpack.execution import merger, takeover
from tests.merging.desk import Desk
from tests.support.project import Project


@pytest.fixture
def desk(project: Project) -> Iterator[Desk]:
    """Make a run with one merged task."""
    made = Desk(project)
    made.queue(one={"one.txt": "1\n"})
    merger.merge_now(made.made)
    yield made
    made.close()


def test_a_branch_that_stood_still_is_forwarded(desk: Desk) -> None:
    """The command works as it is printed."""
    run = desk.made
    lines = takeover.lines(run, 1, run.state().tip)
    short = run.facts.target.removeprefix("refs/heads/")

    assert [
        f"1 merged on branch {short} ({run.state().tip[:12]}).",
        f"Take it over with: git merge --ff-only {short}",
    ] == lines
    desk.project.git(*takeover.command(run.facts.project, run.facts.target).split()[1:])
    assert "1\n" == (desk.project.folder / "one.txt").read_text()


def test_a_branch_that_moved_on_is_merged_into(desk: Desk) -> None:
    """Where a fast-forward would be refused the printed command is a merge."""
    desk.project.git("commit", "-q", "--allow-empty", "-m", "meanwhile")
    command = takeover.command(desk.made.facts.project, desk.made.facts.target)

    assert f"git merge {desk.made.facts.target.removeprefix('refs/heads/')}" == command
    desk.project.git("merge", "--no-edit", *command.split()[2:])
    assert "1\n" == (desk.project.folder / "one.txt").read_text()


def test_what_the_queue_did_not_merge_is_named(desk: Desk) -> None:
    """A commit that somebody put onto the run's own branch is told with its subject; merges are not."""
    assert [] == takeover.strangers(desk.made)
    target = desk.made.facts.target
    commit = desk.project.git("commit-tree", "-m", "sneaked \x1b[2Jin", f"{target}^{{tree}}", "-p", target).strip()
    desk.project.git("update-ref", target, commit)

    assert [f"{commit[:12]} sneaked in"] == takeover.strangers(desk.made)
