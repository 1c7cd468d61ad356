"""Results as agents hand them in: what is taken, what is refused and told, what comes too late."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from batchpack.errors import BatchpackError, UnsafePath
from batchpack.runs import batches, ids, results, resume
from batchpack.runs.envelope import Refused, check
from batchpack.runs.store import Run
from tests.runs.build import drive, make_run, put, roots
from tests.support.project import Project

Said = dict[str, object]


def begun(project: Project, monkeypatch: pytest.MonkeyPatch, *, edits: bool = True) -> Run:
    """Start a run of two tasks in one batch, and its batch."""
    run = make_run(project, monkeypatch, [("one", "two")], edits=edits)
    batches.start(run, 1, 1, roots())
    return run


def take(run: Run, task: str = "one", *, report: bytes = b"a report", **said: object) -> results.Taken:
    """Hand in a result that is fine but for what is given."""
    words: Said = {"status": "DONE", "summary": "it is done", **said}
    return results.put(run, task, check(task, words), report, None)


def refusal(run: Run, task: str = "one", *, report: bytes = b"a report", **said: object) -> str:
    """Return why a result is refused, having seen that nothing was recorded."""
    before = run.journal.read_bytes()
    with pytest.raises(Refused) as caught:
        take(run, task, report=report, **said)
    assert before == run.journal.read_bytes()
    assert not run.report(task).exists()
    return caught.value.message


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
    ("said", "word"),
    [
        ({"status": "FINISHED"}, "--status must be one of DONE"),
        ({"status": None}, "--status must be one of DONE"),
        ({"summary": ""}, "--summary is missing or empty"),
        ({"summary": None}, "--summary is missing or empty"),
        ({"summary": "x" * 201}, "--summary has 201 characters, at most 200"),
        ({"summary": "a\nb"}, "--summary must be one line"),
        ({"summary": "a\x1b[31mb"}, "--summary must be one line without control"),
        ({"summary": "not \udcff UTF-8"}, "--summary: "),
        ({"evidence": ["x"] * 21}, "--evidence is given 21 times, at most 20"),
        ({"changed": [""]}, "--changed is missing or empty"),
        ({"changed": ["a"], "no_change": "none"}, "contradict each other"),
    ],
)
def test_a_bad_envelope_is_told_what_to_mend(said: Said, word: str) -> None:
    """Each fault of an envelope is named with the option that mends it."""
    with pytest.raises(Refused) as caught:
        check("one", {"status": "DONE", "summary": "fine", **said})
    assert word in caught.value.message
    assert "nothing was recorded" in caught.value.message


def test_all_faults_are_told_at_once() -> None:
    """An agent needs one round to mend what is wrong."""
    with pytest.raises(Refused) as caught:
        check("one", {"status": "", "summary": "", "evidence": ["x" * 501]})
    assert len(caught.value.message.splitlines()) == 4


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


def test_done_means_that_named_files_differ_from_the_base(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a repository a file counts when it differs from HEAD at the start, is new, or is gone."""
    project.write(
        {"same.txt": "1", "edited.txt": "1", "gone.txt": "1", "sub/committed.txt": "1", ".gitignore": "*.log"}
    )
    run = begun(project.init_git(), monkeypatch)
    project.write({"edited.txt": "2", "new.txt": "1", "sub/committed.txt": "2", "ignored.log": "1"})
    (project.folder / "gone.txt").unlink()
    project.git("commit", "-qm", "an agent commits", "sub/committed.txt")
    said = refusal(run, changed=["same.txt", "nowhere.txt", "sub"])
    assert "same.txt does not differ" in said
    assert "nowhere.txt does not differ" in said
    assert "sub is a folder" in said
    assert take(run, changed=["edited.txt", "new.txt", "gone.txt", "sub/committed.txt", "ignored.log"]).new


def test_what_was_dirty_before_the_run_is_no_evidence(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that the user had changed already counts only when it was changed again."""
    project.write({"a.txt": "1"}).init_git().write({"a.txt": "2", "untracked.txt": "1"})
    run = begun(project, monkeypatch)
    said = refusal(run, changed=["a.txt", "untracked.txt"])
    assert said.count("had this content already when the run began") == 2
    project.write({"a.txt": "3", "untracked.txt": "2"})
    assert take(run, changed=["a.txt", "untracked.txt"]).new


def test_a_repository_without_commits_works(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before the first commit every file that is there counts as new."""
    project.git("init", "-q")
    run = begun(project, monkeypatch)
    project.write({"a.txt": "1"})
    assert take(run, changed=["a.txt"]).new


def test_without_git_files_must_be_newer_than_the_run(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Outside a repository a file counts when it was modified since the run began."""
    project.write({"old.txt": "1"})
    os.utime(project.folder / "old.txt", (1, 1))
    run = begun(project, monkeypatch)
    project.write({"new.txt": "1"})
    said = refusal(run, changed=["old.txt", "gone.txt"])
    assert "old.txt was not modified since the run began" in said
    assert "gone.txt is not there as a file" in said
    assert take(run, changed=["new.txt"]).new


@pytest.mark.parametrize("path", ["../out.txt", "/etc/passwd", "link/out.txt", "a/../../out.txt"])
def test_a_changed_path_outside_the_project_is_refused(
    project: Project, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    """Neither `..` nor an absolute path nor a link leads out of the project."""
    (project.folder / "link").symlink_to(project.home)
    (project.home / "out.txt").write_text("1")
    assert "lies outside" in refusal(begun(project, monkeypatch), changed=[path])


def test_an_absolute_path_inside_the_project_is_the_same_path(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Agents may name files by absolute path; what is recorded is relative."""
    run = begun(project, monkeypatch)
    project.write({"a.txt": "1"})
    take(run, changed=[str(project.folder / "a.txt"), "./a.txt"])
    result = run.state().tasks["one"].result
    assert result
    assert result.changed == ("a.txt",)


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


@pytest.mark.parametrize("task", ["../x", "", "a/b", "-rf", "x.lock", "a..b", "näh", "a\nb", "x" * 65])
def test_hostile_task_names_are_refused(project: Project, monkeypatch: pytest.MonkeyPatch, task: str) -> None:
    """No name that could lead elsewhere becomes a path."""
    with pytest.raises(ids.BadName):
        take(make_run(project, monkeypatch, [("one",)]), task)


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
