"""Done means evidence: what counts as a change, in a repository and without."""

from __future__ import annotations

import os
from datetime import datetime

import pytest

from batchpack.errors import UnsafePath
from batchpack.runs import evidence
from tests.runs.build import begun, refusal, take
from tests.support.project import Project


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


def test_undoing_what_was_dirty_is_a_change(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that the user had changed differs from what the run found when it is put back to its commit or removed."""
    project.write({"a.txt": "1"}).init_git().write({"a.txt": "2", "untracked.txt": "1", "kept.txt": "1"})
    run = begun(project, monkeypatch)
    project.write({"a.txt": "1"})
    (project.folder / "untracked.txt").unlink()
    assert [] == evidence.unchanged(run, ["a.txt", "untracked.txt"])
    assert ["kept.txt had this content already when the run began"] == evidence.unchanged(run, ["kept.txt"])


def test_an_ignored_file_from_before_is_no_evidence(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """An ignored file that nobody touched since the run began is refused; a new or modified one counts."""
    project.write({".gitignore": "*.log"}).init_git().write({"old.log": "1", "edited.log": "1"})
    for name in ("old.log", "edited.log"):
        os.utime(project.folder / name, (1, 1))
    run = begun(project, monkeypatch)
    project.write({"edited.log": "2", "new.log": "1"})
    (project.folder / "link.log").symlink_to("nowhere")
    assert [] == evidence.unchanged(run, ["edited.log", "new.log", "link.log"])
    assert ["old.log was not modified since the run began"] == evidence.unchanged(run, ["old.log"])


@pytest.mark.parametrize("name", ["*.txt", ":(top)a.txt", "a[1].txt", " ", "-q", "é 漢.txt", 'q"uote.txt'])
def test_names_that_git_could_misread_are_names(project: Project, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """No name stands for other files or for an option, and each counts when the file of just that name is new."""
    project.write({"a.txt": "1"}).init_git()
    run = begun(project, monkeypatch)
    project.write({"a.txt": "2", "a1.txt": "2"})
    assert [f"{name} does not differ from what was there when the run began"] == evidence.unchanged(run, [name])
    project.write({name: "new"})
    assert [] == evidence.unchanged(run, [name])


def test_a_changed_link_counts_and_what_is_behind_it_does_not(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A link within the project is a file of its own: it is changed when it leads elsewhere."""
    project.write({"a.txt": "1", "b.txt": "1"})
    (project.folder / "link").symlink_to("a.txt")
    run = begun(project.init_git(), monkeypatch)
    project.write({"a.txt": "2"})
    assert len(evidence.unchanged(run, ["link"])) == 1
    (project.folder / "link").unlink()
    (project.folder / "link").symlink_to("b.txt")
    assert [] == evidence.unchanged(run, ["link"])


def test_a_project_behind_a_link_is_known_by_both_names(project: Project) -> None:
    """An absolute path counts by the folder's name and by what that link leads to."""
    alias = project.home / "alias"
    alias.symlink_to(project.folder)
    for given in (alias / "a.txt", project.folder / "a.txt"):
        assert evidence.relative(alias, str(given)) == "a.txt"
    with pytest.raises(UnsafePath):
        evidence.relative(alias, str(project.home / "a.txt"))


def test_without_git_a_time_of_whole_seconds_is_enough(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a file system that drops fractions a file of the very second in which the run began counts."""
    run = begun(project, monkeypatch)
    project.write({"a.txt": "1"})
    began = int(datetime.fromisoformat(run.facts.started).timestamp())
    os.utime(project.folder / "a.txt", (began, began))
    assert [] == evidence.unchanged(run, ["a.txt"])
    os.utime(project.folder / "a.txt", (began - 1, began - 1))
    assert ["a.txt was not modified since the run began"] == evidence.unchanged(run, ["a.txt"])
