"""What is worth a second look."""

from __future__ import annotations

from batchpack.workplan import remarks
from tests.workplan.build import plan, task


def test_work_that_nothing_verifies_is_told() -> None:
    """An agent's task without verification in a plan without a gate is told; a command has its exit code."""
    bare = task("a", prompt="x", command="")

    assert ["nothing verifies the work of a: give them verify lines, or the plan a gate"] == remarks.of(
        plan(bare, task("b"))
    )
    assert [] == remarks.of(plan(bare, gate=("make",)))


def test_one_file_of_two_free_tasks_is_told() -> None:
    """Two tasks that hand in one file are told unless one waits for the other, also through a third."""
    a, b = task("a", deliverables=("x.py",)), task("b", "a")

    assert [] == remarks.of(plan(a, b, task("c", "b", deliverables=("x.py",))))
    assert ["a and c both hand in x.py and neither waits for the other: merging may conflict"] == remarks.of(
        plan(a, b, task("c", deliverables=("X.py",)))
    )


def test_what_was_not_understood_is_told() -> None:
    """Parts that only the agent is told of are listed with their file."""
    assert ["t.xml: told to the agent only: <notes> line 3"] == remarks.of(
        plan(task("a", where="t.xml:1", unread=("<notes> line 3",)))
    )


def test_counts_are_in_words() -> None:
    """One task is no tasks."""
    assert ("1 task in 1 layer", "2 tasks in 2 layers") == (
        remarks.counted(plan(task("a"))), remarks.counted(plan(task("a"), task("b", "a"))),
    )  # fmt: skip
