"""`batchpack merge status`: everything in the queue, and what can be done."""

from __future__ import annotations

from tests.merging.desk import Desk
from tests.support.project import Project


def test_the_queue_is_shown_with_the_next_command(desk: Desk) -> None:
    """What waits is shown; when nobody drives the run the reader is told how to merge it."""
    short = desk.made.short
    assert "Nothing has been queued yet." in desk.merge("status").assert_ok().out
    desk.queue(one={"one.txt": "1\n"}, two={"two.txt": "2\n"})
    lines = desk.merge("status", short).assert_ok().out.splitlines()

    branch = desk.made.facts.target.removeprefix("refs/heads/")
    assert [
        f"Merge queue of run {short}, into {branch} (at {desk.ground.base[:12]})",
        "  ready     one  Title of one",
        "  ready     two  Title of two",
        f"Nobody drives the run. Merge what is ready with: batchpack merge run {short}",
    ] == lines


def test_programs_are_told_the_same(desk: Desk) -> None:
    """All facts of the queue as JSON."""
    desk.queue(one={"one.txt": "1\n"})
    facts = desk.merge("status", "--json").json()

    assert (1, desk.made.id, desk.ground.base, None, False) == tuple(
        facts[name] for name in ("schema", "run", "tip", "paused", "driven")
    )
    (entry,) = facts["entries"]
    assert ("one", "ready", "batchpack/one", []) == tuple(entry[name] for name in ("task", "state", "branch", "files"))


def test_a_run_without_worktrees_merges_nothing(project: Project) -> None:
    """Where a run works in the main tree there is no queue, and that is said."""
    desk = Desk(project, worktrees=False)
    desk.merge("status").assert_failed("works without worktrees, so it merges nothing")
    desk.close()


def test_a_run_that_is_none(desk: Desk) -> None:
    """A word that leads to no run of work is refused."""
    desk.merge("status", "ffff").assert_failed("there is no run 'ffff' here")
