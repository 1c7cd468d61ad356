"""`batchpack result put` as agents run it."""

from __future__ import annotations

import pytest

from batchpack.runs import batches, results
from tests.runs.build import make_run, put, roots
from tests.support.project import Project


def test_all_that_is_missing_is_told_in_one_go(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """A hand-in without anything names every option that is missing, and nothing is recorded."""
    run = make_run(project, monkeypatch, [("one",)])
    batches.start(run, 1, 1, roots())
    project.run("result", "put", run.id, "one").assert_failed("--status must be", "--summary is missing")
    fine = ["--status", "DONE", "--summary", "s"]
    project.run("result", "put", run.id, "one", *fine).assert_failed("the report is missing", "--file -")
    project.run("result", "put", run.id, "one", *fine, "--file", "-").assert_failed("the report is empty")
    project.run("result", "put", run.id, "two", *fine, "--file", "-").assert_failed("no task 'two'", "its tasks: one")
    assert run.state().tasks["one"].result is None


def test_a_report_over_5_mb_on_standard_input_is_refused(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """The limit holds for what comes through a pipe too."""
    run = make_run(project, monkeypatch, [("one",)])
    batches.start(run, 1, 1, roots())
    words = ["result", "put", run.id, "one", "--status", "DONE", "--summary", "s", "--file"]
    project.run(*words, "-", stdin="x" * (results.LARGEST + 1)).assert_failed("over 5 MB")
    project.write({"big.md": "x" * (results.LARGEST + 1)})
    project.run(*words, "big.md").assert_failed("over 5 MB")
    project.run(*words, "/etc/passwd").assert_failed("/etc/passwd lies outside")
    project.write({"small.md": "fine"})
    assert "Recorded: one DONE" in project.run(*words, "small.md").assert_ok().out


def test_the_agent_is_told_to_answer_with_one_line(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is printed ends with the one line that goes to the parent, the first time and every other."""
    run = make_run(project, monkeypatch, [("one",)])
    batches.start(run, 1, 1, roots())
    words = ["result", "put", run.id, "one", "--status", "DONE_WITH_CONCERNS", "--summary", "s", "--file", "-"]
    first = project.run(*words, stdin="r").assert_ok().out
    second = project.run(*words, stdin="r").assert_ok().out
    assert first == "Recorded: one DONE_WITH_CONCERNS. Now answer with this one line: one DONE_WITH_CONCERNS\n"
    assert second == f"Already r{first[1:]}"
    facts = project.run(*words, "--json", stdin="r").json()
    assert (facts["new"], facts["late"], facts["status"]) == (False, False, "DONE_WITH_CONCERNS")


def test_a_late_result_is_told_so(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """An agent whose task was given up learns that its work is kept and who takes it in."""
    run = make_run(project, monkeypatch, [("one", "two")])
    batches.start(run, 1, 1, roots())
    put(run, "two")
    batches.finish(run, 1, 1, roots(), final=False)
    batches.finish(run, 1, 1, roots(), final=True)
    words = ["result", "put", run.id, "one", "--status", "DONE", "--summary", "s", "--file", "-"]
    assert "Recorded as late: one DONE" in project.run(*words, stdin="r").assert_ok().out
    assert "Late results count now: one." in project.run("resume", run.short).assert_ok().out
