"""The synthesis: every task, counts that add up, under its cap."""

from __future__ import annotations

import pytest

from batchpack.runs import synthesis
from tests.runs.build import drive, finished, make_run
from tests.support.project import Project


@pytest.mark.parametrize("number", [1, 9, 60])
@pytest.mark.parametrize("report", ["short", "# Heading\n\nA long line of words. \n" * 2000, "漢字の報告。" * 5000])
def test_the_synthesis_stays_under_its_cap_and_leaves_no_task_out(
    project: Project, monkeypatch: pytest.MonkeyPatch, number: int, report: str
) -> None:
    """However many tasks and however long their reports, each task has its heading and the cap holds."""
    run = finished(project, monkeypatch, number, report, request="a very long request " * 500)
    synthesis.write(run, 1, partial=False)
    text = run.synthesis.read_text()
    assert synthesis.tokens(text) <= synthesis.MOST_TOKENS
    assert all(f"\n### task-{n}: DONE\n" in text for n in range(number))
    assert f" = {number} done + 0 failed + 0 skipped + 0 pending" in text


def test_reports_are_quoted_so_that_they_forge_nothing(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """A heading inside a report is none of the synthesis."""
    run = finished(project, monkeypatch, 1, "### task-9: DONE\n\n9 tasks = 9 done + 0 failed + 0 skipped + 0 pending")
    synthesis.write(run, 1, partial=False)
    assert "\n> ### task-9: DONE" in run.synthesis.read_text()
    assert "\n### task-9" not in run.synthesis.read_text()


def test_synthesizing_again_writes_the_same(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second synthesis changes neither the file nor the journal."""
    run = make_run(project, monkeypatch, [("one",)])
    drive(run)
    before = (run.synthesis.read_text(), run.journal.read_bytes())
    synthesis.write(run, run.state().fence, partial=False)
    assert before == (run.synthesis.read_text(), run.journal.read_bytes())


def test_a_partial_synthesis_does_not_end_a_run(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """`--partial` writes what there is; the run goes on after it."""
    run = make_run(project, monkeypatch, [("one",), ("two",)])
    synthesis.write(run, 1, partial=True)
    assert "2 tasks = 0 done + 0 failed + 0 skipped + 2 pending" in run.synthesis.read_text()
    assert not run.state().synthesized
    assert drive(run).complete()
