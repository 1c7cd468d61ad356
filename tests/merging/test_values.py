"""The values of the merge queue: what was given back is one list, and an entry is known by its task."""

from __future__ import annotations

from batchpack.merging.values import STATES, Conflict, Culprit, Entry, Progress, Queued


def test_what_was_given_back_is_one_list() -> None:
    """Conflicts come before culprits, and merged work is not among them."""
    conflict = Conflict("a", "1" * 40, (), (), "r", "f")
    culprit = Culprit("b", "2" * 40, (), True, "r", "f")

    assert (conflict, culprit) == Progress(conflicts=(conflict,), culprits=(culprit,)).failures
    assert () == Progress().failures


def test_an_entry_is_known_by_its_task_and_commit() -> None:
    """Task and commit of what is queued are those of its entry, and the states are six."""
    queued = Queued(Entry("a", "", "b", "1" * 40, "0" * 40), "ready", 1, "2026-01-02T03:04:05.000Z")

    assert ("a", "1" * 40, 6) == (queued.task, queued.commit, len(STATES))
