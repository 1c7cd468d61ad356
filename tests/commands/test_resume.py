"""`batchpack resume`: which run it takes, and what it says."""

from __future__ import annotations

import pytest

from batchpack.runs import batches, synthesis
from tests.runs.build import drive, make_run, put, roots
from tests.support.orchestra import read
from tests.support.project import Project


def test_a_run_that_is_complete_is_not_taken_over(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Resuming a finished run says that it is finished, where its synthesis is, and changes nothing."""
    run = make_run(project, monkeypatch, [("one",)])
    drive(run)
    before = run.journal.read_bytes()
    assert "It is finished; read .batchpack/runs/" in project.run("resume", run.short).assert_ok().out
    project.run("resume").assert_failed("no unfinished run")
    assert before == run.journal.read_bytes()


def test_programs_get_facts(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """`--json` says the run, its fence, its counts, what was accepted, whom to call and what comes next."""
    run = make_run(project, monkeypatch, [("one", "two")])
    batches.start(run, 1, 1, roots())
    put(run, "one")
    facts = project.run("resume", "--json").json()
    assert (facts["run"], facts["fence"], facts["accepted"]) == (run.id, 2, [])
    assert facts["counts"] == {"tasks": 2, "done": 1, "failed": 0, "skipped": 0, "pending": 1}
    assert [{"task": "two", "attempt": 1, "prompt": str(run.prompt("two"))}] == facts["call"]
    assert ["batch", "finish", run.short, "1", "--next", "--fence", "2"] == facts["next"]


def test_a_line_that_a_crash_cut_off_is_told(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """The run goes on, and standard error says which line of which file is passed over."""
    run = make_run(project, monkeypatch, [("one",)])
    with run.journal.open("a") as stream:
        stream.write('{"at":"x","eve')
    outcome = project.run("resume", run.short).assert_ok()
    assert f"line 2 of {run.journal} was cut off by a crash" in outcome.err
    assert outcome.out.startswith(f"Run {run.short}: 1 task = 0 done + 0 failed + 0 skipped + 1 pending.")


def test_a_finished_run_with_failures_says_how_to_try_again(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without `--retry-failed` it names the command and does nothing; with it, what failed is called again."""
    run = make_run(project, monkeypatch, [("one",)])
    batches.start(run, 1, 1, roots())
    batches.finish(run, 1, 1, roots(), final=False)
    batches.finish(run, 1, 1, roots(), final=True)
    synthesis.write(run, 1, partial=False)
    again = f"batchpack resume {run.short} --retry-failed"
    assert f"What failed can be tried again with `{again}`." in project.run("resume", run.short).assert_ok().out
    project.run("resume").assert_failed("no unfinished run", again)
    printed = read(project.run("resume", "--retry-failed").assert_ok().out)
    assert printed.command == f"batchpack batch start {run.short} 2 --fence 2"


def test_no_run_at_all_is_told(project: Project) -> None:
    """A project without runs, and a word that leads to none, are errors that say where to look."""
    project.run("resume").assert_failed("no unfinished run in", "batchpack runs")
    project.run("resume", "latest").assert_failed("there is no run 'latest' here")
