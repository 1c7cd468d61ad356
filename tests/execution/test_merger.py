"""A run's merger: prepared as the plan says, and by hand only where nobody drives the run."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from batchpack.errors import BatchpackError
from batchpack.execution import merger
from batchpack.execution.merger import Driven
from tests.merging.desk import Desk
from tests.support.project import Project


@pytest.fixture
def desk(project: Project) -> Iterator[Desk]:
    """Make a run whose gate needs what a set-up line makes."""
    made = Desk(project, "test -f prepared", setup=("touch prepared",))
    yield made
    made.close()


def test_the_gate_finds_what_set_up_lines_made(desk: Desk) -> None:
    """The set-up lines of the plan run in the merger's worktree too."""
    desk.queue(one={"one.txt": "1\n"})
    progress = merger.merge_now(desk.made)
    desk.queue(two={"two.txt": "2\n"})

    assert ["one"] == [one.task for one in progress.merged]
    assert ["two"] == [one.task for one in merger.merge_now(desk.made).merged]
    tasks = desk.made.state().tasks
    assert (["merged", "merged"], desk.made.state().tip) == (
        [tasks[name].status for name in ("one", "two")], desk.ground.git("rev-parse", desk.made.facts.target),
    )  # fmt: skip


def test_a_step_that_was_cut_short_is_written_down_by_the_next(desk: Desk) -> None:
    """What a killed step had merged without saying so reaches the journal with the next one."""
    desk.queue(one={"one.txt": "1\n"})
    with merger.queue_of(desk.made) as queue:
        commit = queue.take()[0].commit
    desk.ground.git("update-ref", desk.made.facts.target, commit)

    merger.merge_now(desk.made)

    assert "merged" == desk.made.state().tasks["one"].status


def test_who_drives_a_run_is_not_disturbed(desk: Desk) -> None:
    """Nothing is merged, retried or dropped by hand while the run is driven."""
    desk.queue(one={"one.txt": "1\n"})
    with desk.made.locked():
        for act in (lambda: merger.merge_now(desk.made), lambda: merger.drop(desk.made, "one")):
            with pytest.raises(Driven, match="is being driven"):
                act()
        with pytest.raises(Driven):
            merger.retry(desk.made, "one")
    assert {"one": "ready"} == desk.states()


def test_a_run_without_worktrees_has_no_queue(project: Project) -> None:
    """Where nothing is merged that is said."""
    desk = Desk(project, worktrees=False)
    with pytest.raises(BatchpackError, match="it merges nothing"), merger.queue_of(desk.made):
        pytest.fail("it was opened")
    desk.close()
