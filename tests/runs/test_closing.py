"""The last words of a run: how it ended, what is not done, where all of it lies."""

from __future__ import annotations

import pytest

from batchpack.runs import batches, closing, synthesis
from tests.runs.build import make_run, put, roots
from tests.support.project import Project


def test_a_done_run_ends_with_its_tasks_and_the_file(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """All done: one line that says so, one a task, and the path of the synthesis."""
    run = make_run(project, monkeypatch, [("one", "two")])
    batches.start(run, 1, 1, roots())
    put(run, "one")
    put(run, "two", status="DONE_WITH_CONCERNS")
    batches.finish(run, 1, 1, roots(), final=False)
    lines = closing.told(run, synthesis.write(run, 1, partial=False))
    assert lines[0] == "All 2 tasks are done, with concerns: two."
    assert [line.split()[0] for line in lines[1:3]] == ["one", "two"]
    assert lines[-1].endswith("SYNTHESIS.md")


def test_what_is_not_done_is_named_with_the_way_on(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Counts that add up, the names of what is not done, and the command that tries it again."""
    run = make_run(project, monkeypatch, [("one",), ("two",)], depends_on={"two": ("one",)})
    batches.start(run, 1, 1, roots())
    batches.finish(run, 1, 1, roots(), final=False)
    batches.finish(run, 1, 1, roots(), final=True)
    lines = closing.told(run, synthesis.write(run, 1, partial=False))
    assert lines[0] == "2 tasks = 0 done + 1 failed + 1 skipped + 0 pending."
    assert lines[1].startswith("Not done: one, two.")
    assert f"batchpack resume {run.short} --retry-failed" in lines[1]


def test_one_task_is_not_called_all(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run of a single task speaks of the task."""
    run = make_run(project, monkeypatch, [("one",)])
    batches.start(run, 1, 1, roots())
    put(run, "one")
    batches.finish(run, 1, 1, roots(), final=False)
    assert closing.told(run, synthesis.write(run, 1, partial=False))[0] == "The task is done."
