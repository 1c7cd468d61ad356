"""Two orchestrators on one run: the one that took over goes on, the other is told."""

from __future__ import annotations

import pytest

from batchpack.errors import BatchpackError
from batchpack.runs import batches, resume, synthesis
from tests.runs.build import drive, make_run, put, roots
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


def test_printed_commands_carry_the_fence_after_a_takeover(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who follows what `resume` prints has the right fence at every step."""
    run = make_run(project, monkeypatch, [("one",), ("two",)])
    batches.start(run, 1, 1, roots())
    printed = read(project.run("resume").assert_ok().out)
    assert [call["name"] for _, call in printed.calls] == ["one"]
    assert printed.command == f"batchpack batch finish {run.short} 1 --next --fence 2"
    put(run, "one")
    words = printed.command.split()[1:]
    assert read(project.run(*words).assert_ok().out).command == f"batchpack batch finish {run.short} 2 --next --fence 2"


def test_a_fence_never_given_is_refused(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """A made-up fence is no way in."""
    run = make_run(project, monkeypatch, [("one",)])
    with pytest.raises(BatchpackError, match="was never given fence 7"):
        batches.start(run, 1, 7, roots())


def test_resume_calls_only_for_what_is_not_done(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Finished work is never done again, and the attempt that was cut off counts as the same attempt."""
    run = make_run(project, monkeypatch, [("one", "two", "three")])
    batches.start(run, 1, 1, roots())
    put(run, "one")
    put(run, "two", status="BLOCKED")
    resumed = resume.resume(run, roots(), retry_failed=False)
    assert [(job.task.name, job.attempt) for job in resumed.call] == [("three", 1)]
    assert "attempt 1" in run.prompt("three").read_text()


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


def test_a_partial_synthesis_does_not_end_a_run(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """`--partial` writes what there is; the run goes on after it."""
    run = make_run(project, monkeypatch, [("one",), ("two",)])
    synthesis.write(run, 1, partial=True)
    assert "2 tasks = 0 done + 0 failed + 0 skipped + 2 pending" in run.synthesis.read_text()
    assert not run.state().synthesized
    assert drive(run).complete()


def test_a_run_that_is_complete_is_not_taken_over(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Resuming a finished run says that it is finished, where its synthesis is, and changes nothing."""
    run = make_run(project, monkeypatch, [("one",)])
    drive(run)
    before = run.journal.read_bytes()
    assert "It is finished; read .batchpack/runs/" in project.run("resume", run.short).assert_ok().out
    project.run("resume").assert_failed("no unfinished run")
    assert before == run.journal.read_bytes()
