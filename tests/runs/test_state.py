"""The fold of a journal: whatever the events and their order, tasks are counted once each."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from batchpack.runs.journal import Event
from batchpack.runs.state import fold

TASKS = ("a", "b", "c", "d")
BATCHES = {1: ("a", "b"), 2: ("c", "d")}
NAMES = ("batch_started", "batch_finished", "batch_added", "task_started", "result", "result_accepted", "task_failed",
         "task_skipped", "synthesized", "taken_over", "run_started", "of the future")  # fmt: skip

events = st.fixed_dictionaries(
    {
        "at": st.just("2026-01-01T00:00:00.000Z"),
        "event": st.sampled_from(NAMES),
        "task": st.sampled_from((*TASKS, "stranger")),
        "tasks": st.lists(st.sampled_from((*TASKS, "stranger")), max_size=3, unique=True),
        "batch": st.integers(1, 5),
        "attempt": st.integers(1, 4),
        "status": st.sampled_from(("DONE", "DONE_WITH_CONCERNS", "BLOCKED", "NEEDS_CONTEXT")),
        "summary": st.just("s"),
        "reason": st.just("r"),
        "fence": st.integers(1, 4),
        "late": st.booleans(),
    }
)


@settings(deadline=None)
@given(st.lists(events, max_size=40))
def test_counts_add_up_for_any_journal(journal: list[Event]) -> None:
    """Tasks = done + failed + skipped + pending, each task in one batch that is there, no count below zero."""
    state = fold(BATCHES, journal)
    counts = state.counts()
    assert counts.tasks == counts.done + counts.failed + counts.skipped + counts.pending == len(TASKS)
    assert min(counts.done, counts.failed, counts.skipped, counts.pending) >= 0
    assert sorted(task.name for batch in state.batches.values() for task in state.of(batch)) == sorted(TASKS)


DONE: Event = {"at": "t", "event": "result", "task": "a", "attempt": 1, "status": "DONE", "summary": "s"}


@settings(deadline=None)
@given(
    st.lists(events, max_size=10), st.lists(events.map(lambda one: {**one, "task": "a", "tasks": ["a"]}), max_size=10)
)
def test_done_stays_done(journal: list[Event], later: list[Event]) -> None:
    """No event undoes finished work, and no fence goes down."""
    before, after = fold(BATCHES, [*journal, DONE]), fold(BATCHES, [*journal, DONE, *later])
    assert before.tasks["a"].state == after.tasks["a"].state == "done"
    assert before.tasks["a"].result == after.tasks["a"].result
    assert before.fence <= after.fence


@settings(deadline=None)
@given(st.lists(events, max_size=30), st.data())
def test_an_event_told_twice_is_told_once(journal: list[Event], data: st.DataObject) -> None:
    """A batch's start and end, a task's start and a takeover may be recorded twice in a row without effect."""
    again = ("batch_started", "batch_finished", "task_started", "taken_over", "task_failed", "task_skipped")
    doubled: list[Event] = []
    for one in journal:
        doubled += [one, one] if one["event"] in again and data.draw(st.booleans()) else [one]
    assert fold(BATCHES, journal) == fold(BATCHES, doubled)
