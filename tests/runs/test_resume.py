"""Resuming: what is done stays, what came late counts, what was given up is tried again when asked."""

from __future__ import annotations

import pytest

from batchpack.runs import batches, journal, results, resume, synthesis
from batchpack.runs.envelope import check
from batchpack.runs.store import Run
from tests.runs.build import drive, make_run, put, roots
from tests.support.project import Project


def test_a_late_result_waits_for_resume(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work of a task that was given up is kept, and counts when the run is resumed; what it blocked is done then."""
    run = make_run(project, monkeypatch, [("one",), ("two",)], depends_on={"two": ("one",)})
    batches.start(run, 1, 1, roots())
    batches.finish(run, 1, 1, roots(), final=False)
    batches.finish(run, 1, 1, roots(), final=True)
    assert (run.state().tasks["one"].state, run.state().tasks["two"].state) == ("failed", "skipped")
    assert results.put(run, "one", check("one", {"status": "DONE", "summary": "late"}), b"late", 1).late
    assert not results.put(run, "one", check("one", {"status": "DONE", "summary": "late"}), b"late", 1).new
    assert run.state().tasks["one"].state == "failed"
    resumed = resume.resume(run, roots(), retry_failed=False)
    assert resumed.accepted == ("one",)
    assert run.report("one").read_bytes() == b"late"
    assert (resumed.state.tasks["one"].state, resumed.state.tasks["two"].state) == ("done", "pending")
    following = resumed.state.next_batch()
    assert following
    assert following.tasks == ("two",)


def test_resume_calls_only_for_what_is_not_done(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Finished work is never done again, and the attempt that was cut off counts as the same attempt."""
    run = make_run(project, monkeypatch, [("one", "two", "three")])
    batches.start(run, 1, 1, roots())
    put(run, "one")
    put(run, "two", status="BLOCKED")
    resumed = resume.resume(run, roots(), retry_failed=False)
    assert [(job.task.name, job.attempt) for job in resumed.call] == [("three", 1)]
    assert "attempt 1" in run.prompt("three").read_text()


def failed(project: Project, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Finish a run of three in which one failed and what builds on it was skipped, over two steps."""
    layers, needs = [("one", "four"), ("two",), ("three",)], {"two": ("one",), "three": ("two",)}
    run = make_run(project, monkeypatch, layers, depends_on=needs)
    batches.start(run, 1, 1, roots())
    put(run, "four")
    batches.finish(run, 1, 1, roots(), final=False)
    batches.finish(run, 1, 1, roots(), final=True)
    synthesis.write(run, 1, partial=False)
    return run


def test_what_was_given_up_is_tried_again_in_its_order(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Failed and skipped tasks come behind the last batch, each after those it needs; what is done stays done."""
    run = failed(project, monkeypatch)
    state = resume.resume(run, roots(), retry_failed=True).state
    extra = {number: batch.tasks for number, batch in state.batches.items() if number > 3}
    assert {4: ("one",), 5: ("two",), 6: ("three",)} == extra
    assert (1, 3) == (state.counts().done, state.counts().pending)
    assert drive(run).counts().done == 4


def test_extra_batches_are_no_larger_than_the_plans(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tasks that failed in different batches are not all started at once."""
    run = make_run(project, monkeypatch, [("one", "two"), ("three", "four")])
    for number in (1, 2):
        batches.start(run, number, 1, roots())
        batches.finish(run, number, 1, roots(), final=False)
        batches.finish(run, number, 1, roots(), final=True)
    state = resume.resume(run, roots(), retry_failed=True).state
    extra = [batch.tasks for number, batch in state.batches.items() if number > 2]
    assert [("one", "two"), ("three", "four")] == extra


def test_a_start_cut_off_midway_is_completed(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a batch that began when its process died before its tasks did, every task is called, with a prompt."""
    run = make_run(project, monkeypatch, [("one", "two")])
    run.record(
        journal.event("batch_started", batch=1, fence=1),
        journal.event("task_started", task="one", batch=1, attempt=1, fence=1),
    )
    resumed = resume.resume(run, roots(), retry_failed=False)
    assert [("one", 1), ("two", 1)] == [(job.task.name, job.attempt) for job in resumed.call]
    assert all(run.prompt(name).exists() for name in ("one", "two"))
    assert {"running"} == {task.state for task in run.state().tasks.values()}


def test_the_agent_called_again_is_told_that_it_was_cut_off(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """The new prompt says what became of the attempt before, so that half-done work is looked at first."""
    run = make_run(project, monkeypatch, [("one",)])
    batches.start(run, 1, 1, roots())
    assert "was cut off" not in run.prompt("one").read_text()
    put(run, "one", status="BLOCKED")
    batches.finish(run, 1, 1, roots(), final=False)
    resume.resume(run, roots(), retry_failed=False)
    text = run.prompt("one").read_text()
    assert 'was cut off, and the one before it ended with BLOCKED, "one says BLOCKED"' in text


def test_each_takeover_raises_the_fence_and_a_finished_run_is_left_alone(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of two who resume the second holds the run; of a complete run not a line is written."""
    run = make_run(project, monkeypatch, [("one",)])
    assert [2, 3] == [resume.resume(run, roots(), retry_failed=False).state.fence for _ in range(2)]
    drive(run)
    before = run.journal.read_bytes()
    for retry in (False, True):
        assert resume.resume(run, roots(), retry_failed=retry).state.complete()
    assert before == run.journal.read_bytes()


def test_the_newest_unfinished_run_is_taken(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Finished runs and such as cannot be read are passed over; failed ones count when they are wanted."""
    given_up = failed(project, monkeypatch)
    older, unfinished, broken, done = (make_run(project, monkeypatch, [("one",)]) for _ in range(4))
    broken.journal.write_text("")
    drive(done)
    assert unfinished == resume.newest_unfinished(project.folder, retry_failed=False)
    for run in (older, unfinished):
        drive(run)
    assert given_up == resume.newest_unfinished(project.folder, retry_failed=True)
    with pytest.raises(resume.NothingToResume) as caught:
        resume.newest_unfinished(project.folder, retry_failed=False)
    assert f"batchpack resume {given_up.short} --retry-failed" in caught.value.hint
    drive(Run(given_up.folder))
    with pytest.raises(resume.NothingToResume, match="no unfinished run"):
        resume.newest_unfinished(project.home, retry_failed=True)
