"""The results of a batch: every task with what is on record of it, and nothing else."""

from __future__ import annotations

import pytest

from batchpack.runs import batches, report
from tests.runs.build import begun, make_run, put, roots, take
from tests.support.project import Project


def test_a_task_is_written_with_all_that_it_said(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Summary, changed files, each piece of evidence and the report's place stand under the task's heading."""
    run = begun(project, monkeypatch)
    project.write({"a.txt": "1", "b.txt": "1"})
    take(run, changed=["a.txt", "b.txt"], evidence=["pytest: 3 passed", "ruff: clean"], report=b"12345")
    take(run, "two", no_change="it was right already")
    state = run.state()
    report.write(run, state, state.batches[1])
    assert run.batch_results(1).read_text() == (
        f"# Batch 1 of run {run.id}\n"
        "\n## one: DONE\n\n- Attempt: 1\n- Summary: it is done\n- Changed: a.txt, b.txt\n"
        f"- Evidence: pytest: 3 passed\n- Evidence: ruff: clean\n- Report: {run.report('one')} (5 bytes)\n"
        "\n## two: DONE\n\n- Attempt: 1\n- Summary: it is done\n- Nothing changed: it was right already\n"
        f"- Report: {run.report('two')} (8 bytes)\n"
    )


def test_the_standing_of_a_task_in_a_word(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not started, under way, the agent's own word when done, and given up: each is told apart."""
    run = make_run(project, monkeypatch, [("one", "two"), ("three",)], depends_on={"three": ("two",)})
    seen = [report.status(run.state().tasks["one"])]
    batches.start(run, 1, 1, roots())
    put(run, "two", status="BLOCKED")
    seen += [report.status(run.state().tasks[name]) for name in ("one", "two")]
    put(run, "one", status="DONE_WITH_CONCERNS")
    batches.finish(run, 1, 1, roots(), final=False)
    batches.finish(run, 1, 1, roots(), final=True)
    seen += [report.status(run.state().tasks[name]) for name in ("one", "two", "three")]
    wanted = ["not started", "no result yet", "no result yet", "DONE_WITH_CONCERNS", "FAILED", "SKIPPED"]
    assert wanted == seen


def test_what_came_late_is_said_not_to_count(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Late work of a task that was given up is named with its place, below the reason why it was given up."""
    run = make_run(project, monkeypatch, [("one", "two")])
    batches.start(run, 1, 1, roots())
    put(run, "two")
    batches.finish(run, 1, 1, roots(), final=False)
    batches.finish(run, 1, 1, roots(), final=True)
    put(run, "one", attempt=2)
    late = f"- Came in late, does not count yet: DONE: one says DONE ({run.late('one')})"
    assert ["- Reason: handed in nothing", "- Attempt: 2", late] == list(report.lines(run, run.state().tasks["one"]))
