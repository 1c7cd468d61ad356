"""Batches: one orchestrator at a time, each step in its order, and a second try for what failed."""

from __future__ import annotations

import pytest

from batchpack.errors import BatchpackError
from batchpack.runs import batches, resume
from tests.runs.build import make_run, put, roots
from tests.support.orchestra import read
from tests.support.project import Project


def test_after_a_takeover_the_old_session_is_refused(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """start, finish and synthesize without the new fence do nothing and name who goes on."""
    run = make_run(project, monkeypatch, [("one",), ("two",)])
    batches.start(run, 1, 1, roots())
    put(run, "one")
    resume.resume(run, roots(), retry_failed=False)
    before = run.journal.read_bytes()
    for words in (["batch", "finish", run.id, "1"], ["batch", "start", run.id, "2"], ["synthesize", run.id]):
        project.run(*words).assert_failed("was taken over by another session at 20", "nothing was done", "resume")
    assert before == run.journal.read_bytes()
    project.run("batch", "finish", run.id, "1", "--fence", "2").assert_ok()


def test_a_fence_never_given_is_refused(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """A made-up fence is no way in."""
    run = make_run(project, monkeypatch, [("one",)])
    with pytest.raises(BatchpackError, match="was never given fence 7"):
        batches.start(run, 1, 7, roots())


def test_the_steps_come_in_their_order(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """A batch too early, unknown, not begun or finished already is an error that says what comes instead."""
    run = make_run(project, monkeypatch, [("one",), ("two",)])
    word = run.short
    project.run("batch", "start", word, "2").assert_failed("batch 1 comes before", f"batch start {word} 1")
    project.run("batch", "start", word, "9").assert_failed("has no batch 9", "1 to 2")
    project.run("batch", "finish", word, "1").assert_failed("was not started", f"batch start {word} 1")
    project.run("synthesize", word).assert_failed("batch 1 of run", f"batch start {word} 1")
    batches.start(run, 1, 1, roots())
    project.run("synthesize", word).assert_failed(f"batch finish {word} 1")
    put(run, "one")
    batches.finish(run, 1, 1, roots(), final=False)
    project.run("batch", "start", word, "1").assert_failed("is finished already", "resume")


def test_finishing_again_changes_nothing(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """A repeated finish, while second tries are under way or after the end, prints the same and records nothing."""
    run = make_run(project, monkeypatch, [("one",)])
    batches.start(run, 1, 1, roots())
    first = project.run("batch", "finish", run.short, "1")
    before = run.journal.read_bytes()
    second = project.run("batch", "finish", run.short, "1")
    assert (first.code, second.code) == (1, 1)
    assert read(first.out) == read(second.out)
    assert before == run.journal.read_bytes()
    put(run, "one")
    first = project.run("batch", "finish", run.short, "1", "--final").assert_ok()
    before = run.journal.read_bytes()
    assert first.out == project.run("batch", "finish", run.short, "1").assert_ok().out
    assert before == run.journal.read_bytes()


def test_a_result_of_the_first_try_counts_when_the_second_is_silent(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A slow first agent's work is taken rather than nothing."""
    run = make_run(project, monkeypatch, [("one",)])
    batches.start(run, 1, 1, roots())
    batches.finish(run, 1, 1, roots(), final=False)
    put(run, "one", attempt=1)
    assert run.state().tasks["one"].state == "running"
    batches.finish(run, 1, 1, roots(), final=True)
    assert run.state().tasks["one"].state == "done"
    assert run.report("one").read_text() == "a report"


def test_what_builds_on_a_failure_is_skipped_all_the_way(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Skipping goes through to what needs what was skipped; a batch left without tasks is finished too."""
    layers, needs = [("one", "two"), ("three",), ("four", "five")], {"three": ("one",), "four": ("three",)}
    run = make_run(project, monkeypatch, layers, depends_on=needs)
    batches.start(run, 1, 1, roots())
    put(run, "two")
    batches.finish(run, 1, 1, roots(), final=False)
    state = batches.finish(run, 1, 1, roots(), final=True).state
    reasons = {name: task.reason for name, task in state.tasks.items() if task.state == "skipped"}
    assert reasons == {"three": "it needs one", "four": "it needs three"}
    assert ["finished", "finished", "planned"] == [state.batches[number].state for number in (1, 2, 3)]
    assert "## three: SKIPPED" in run.batch_results(2).read_text()
    assert ["five"] == [job.task.name for job in batches.start(run, 3, 1, roots()).call]


def test_a_task_is_tried_twice_and_both_reports_are_kept(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second try begins once for those that failed, and what the first one said stays under its own name."""
    run = make_run(project, monkeypatch, [("one", "two")])
    batches.start(run, 1, 1, roots())
    put(run, "two")
    put(run, "one", status="BLOCKED", report="the first")
    standing = batches.finish(run, 1, 1, roots(), final=False)
    assert [("one", 2, 'ended with BLOCKED, "one says BLOCKED"')] == [
        (job.task.name, job.attempt, job.wrong) for job in standing.call
    ]
    put(run, "one", status="NEEDS_CONTEXT", report="the second")
    ended = batches.finish(run, 1, 1, roots(), final=False)
    assert ended.state.tasks["one"].reason == "NEEDS_CONTEXT: one says NEEDS_CONTEXT"
    assert ((), "finished") == (ended.call, ended.state.batches[1].state)
    assert ("the first", "the second") == (run.kept("one", 1).read_text(), run.report("one").read_text())


def test_final_gives_nobody_up_before_the_second_try(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """`final` said too early begins the second try instead of ending the task."""
    run = make_run(project, monkeypatch, [("one",)])
    batches.start(run, 1, 1, roots())
    standing = batches.finish(run, 1, 1, roots(), final=True)
    assert [2] == [job.attempt for job in standing.call]
    assert standing.state.tasks["one"].state == "running"


def test_silence_after_an_answer_keeps_the_answer(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """An agent that was blocked and then said nothing has failed with both reasons."""
    run = make_run(project, monkeypatch, [("one",)])
    batches.start(run, 1, 1, roots())
    put(run, "one", status="BLOCKED")
    batches.finish(run, 1, 1, roots(), final=False)
    state = batches.finish(run, 1, 1, roots(), final=True).state
    expected = "handed in nothing; the attempt before ended with BLOCKED: one says BLOCKED"
    assert expected == state.tasks["one"].reason
