"""`batchpack synthesize`: what the terminal says at the end of a run."""

from __future__ import annotations

import json

import pytest

from batchpack.runs import batches
from tests.runs.build import drive, finished, make_run, put, roots
from tests.support.project import Project


def test_what_is_not_done_is_named_with_the_way_on(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Failed and skipped tasks are listed with reasons and with the command that tries them again."""
    run = make_run(project, monkeypatch, [("one",), ("two",)], depends_on={"two": ("one",)})
    batches.start(run, 1, 1, roots())
    batches.finish(run, 1, 1, roots(), final=False)
    put(run, "one", status="BLOCKED")
    batches.finish(run, 1, 1, roots(), final=False)
    outcome = project.run("synthesize", run.short)
    assert outcome.code == 1
    assert f"Not done: one, two. The user can go on with `batchpack resume {run.short} --retry-failed`." in outcome.out
    assert "one FAILED: BLOCKED: one says BLOCKED" in outcome.out
    text = run.synthesis.read_text()
    assert "2 tasks = 0 done + 1 failed + 1 skipped + 0 pending" in text
    assert "### two: SKIPPED\n\nit needs one" in text


def test_what_it_prints_is_no_command_to_follow(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """The end of a run prints nothing in the shape of a next command: trying again is the user's to decide."""
    run = finished(project, monkeypatch, 2, "report")
    out = project.run("synthesize", run.short).assert_ok().out
    assert "run:" not in out
    assert out.endswith(f"\nDetails: .batchpack/runs/{run.id}/SYNTHESIS.md\n")
    assert "task-0 DONE: task-0 says DONE" in out


def test_doubts_are_named_even_when_there_is_no_room(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """That an agent has concerns is said in the file and on the terminal, however much was printed before."""
    run = make_run(project, monkeypatch, [("one", "two")])
    batches.start(run, 1, 1, roots())
    put(run, "one", status="DONE_WITH_CONCERNS")
    put(run, "two")
    batches.finish(run, 1, 1, roots(), final=False)
    (run.folder / "printed").write_text("100000\n")
    out = project.run("synthesize", run.short).assert_ok().out
    assert out.splitlines()[0] == "All 2 tasks are done, with concerns: one."
    assert out.splitlines()[1:] == [f"Answer the user from .batchpack/runs/{run.id}/SYNTHESIS.md"]
    assert "\nDone with concerns: one\n" in run.synthesis.read_text()


def test_the_exit_code_says_whether_all_is_done(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """A partial synthesis of an unfinished run exits with 1, the whole one with 0; `--json` has the same counts."""
    run = make_run(project, monkeypatch, [("one",)])
    outcome = project.run("synthesize", run.short, "--partial", "--json")
    assert (1, "") == (outcome.code, outcome.err)
    assert json.loads(outcome.out)["counts"]["pending"] == 1
    fence = drive(run).fence
    facts = project.run("synthesize", run.short, "--fence", str(fence), "--json").json()
    assert (str(run.synthesis), 1, 0) == (facts["synthesis"], facts["counts"]["done"], facts["counts"]["pending"])
