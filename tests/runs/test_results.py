"""Results as agents hand them in: what is taken, what is refused and told, what comes too late."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from batchpack.errors import BatchpackError, UnsafePath
from batchpack.runs import batches, results
from tests.runs.build import begun, drive, make_run, put, refusal, roots, take
from tests.support.project import Project

Said = dict[str, object]


def test_a_result_is_recorded_with_its_report(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """A good result makes its task done, and report and envelope lie in results/."""
    run = begun(project.init_git(), monkeypatch)
    project.write({"a.txt": "new"})
    taken = take(run, changed=["a.txt"], evidence=["pytest: 3 passed"])
    assert taken == results.Taken("one", "DONE", new=True)
    assert run.report("one").read_bytes() == b"a report"
    envelope = json.loads(run.envelope("one").read_text())
    assert (envelope["changed"], envelope["evidence"]) == (["a.txt"], ["pytest: 3 passed"])
    assert run.state().tasks["one"].state == "done"


@pytest.mark.parametrize(
    ("report", "word"),
    [
        (b"", "the report is empty"),
        (b" \n\t", "the report is empty"),
        (b"\xff\xfe", "not UTF-8"),
        (b"x" * (results.LARGEST + 1), "over 5 MB"),
    ],
)
def test_a_bad_report_is_refused(project: Project, monkeypatch: pytest.MonkeyPatch, report: bytes, word: str) -> None:
    """A report that is empty, no text or over 5 MB is not taken."""
    assert word in refusal(begun(project, monkeypatch), no_change="none", report=report)


def test_a_report_of_just_5_mb_is_taken(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """The limit itself is allowed."""
    assert take(begun(project, monkeypatch), no_change="none", report=b"x" * results.LARGEST).new


def test_roles_say_whether_they_change_files(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """A role that edits names files or says why none; one that does not edit names none; a blocked one need not."""
    run = begun(project, monkeypatch)
    assert "name each changed file" in refusal(run)
    assert take(run, no_change="it was right already").new
    assert take(run, "two", status="BLOCKED").new


def test_a_role_that_only_looks_states_no_changes(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """A role that may not edit is told to undo."""
    run = begun(project, monkeypatch, edits=False)
    project.write({"a.txt": "1"})
    assert "one changes no files" in refusal(run, changed=["a.txt"])
    assert take(run).new


def test_the_same_result_again_is_no_other(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Handing in twice records once; a different result of a done task is refused and told."""
    run = begun(project, monkeypatch, edits=False)
    assert take(run).new
    assert not take(run).new
    with pytest.raises(BatchpackError, match="one is done already"):
        take(run, report=b"another")
    assert run.report("one").read_bytes() == b"a report"


def test_a_blocked_agent_may_still_finish(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Until its batch is finished, a better result of the same attempt replaces a blocked one."""
    run = begun(project, monkeypatch, edits=False)
    take(run, status="NEEDS_CONTEXT")
    take(run)
    assert run.state().tasks["one"].state == "done"


def test_results_at_a_wrong_time_are_told(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Unknown tasks, batches that have not begun and attempts that are to come are errors that say so."""
    run = make_run(project, monkeypatch, [("one",)])
    with pytest.raises(BatchpackError, match="has no task 'three'"):
        take(run, "three")
    with pytest.raises(BatchpackError, match="attempt 1 of one has not been started"):
        take(run)
    batches.start(run, 1, 1, roots())
    with pytest.raises(BatchpackError, match="attempt 2 of one has not been started"):
        put(run, "one", attempt=2)


def test_a_report_file_must_lie_in_the_project_or_the_run(
    project: Project, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """`--file` reads nothing outside, also not through a link, and no folder or device."""
    run = begun(project, monkeypatch)
    project.write({"report.md": "fine"})
    assert results.open_report(run, str(project.folder / "report.md")) == b"fine"
    (project.home / "secret").write_text("s")
    (project.folder / "link.md").symlink_to(project.home / "secret")
    for bad in (str(project.home / "secret"), str(project.folder / "link.md"), "/dev/zero"):
        with pytest.raises(UnsafePath):
            results.open_report(run, bad)
    with pytest.raises(BatchpackError, match="is not a file"):
        results.open_report(run, str(project.folder))


def test_a_report_that_somebody_removed_stops_nothing(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """The journal still says what was handed in when the file with the report is gone."""
    run = begun(project, monkeypatch, edits=False)
    take(run)
    run.report("one").unlink()
    assert drive(run).counts().done == 2
    assert "### one: DONE\n\nit is done" in run.synthesis.read_text()
