"""Evidence in a real folder and a real repository: what is there, what is new since the start, what was committed."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from batchpack.tasks import evidence as looking
from batchpack.tasks.evidence import Evidence, evidence
from batchpack.tasks.loading import load
from batchpack.tasks.values import Subtask
from tests.support.project import Project
from tests.support.tasks import subtask, write_feature

HOUR = 3600.0


def started(folder: Path, ago: float, *deliverables: str) -> Subtask:
    """Make a completed subtask that was started some seconds ago."""
    at = datetime.fromtimestamp(time.time() - ago, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    made = subtask("f", "01", status="completed", deliverables=list(deliverables))
    write_feature(folder / ".tmp/tasks", "f", {**made, "started_at": at})
    return load(folder / ".tmp/tasks", "f").find("01")


def aged(path: Path, seconds: float = HOUR) -> Path:
    """Make a file as old as that."""
    then = time.time() - seconds
    os.utime(path, (then, then))
    return path


@pytest.fixture
def repository(project: Project) -> Project:
    """Make a repository whose only commit and files are an hour old."""
    project.write({"src/a.ts": "a\n", "src/b.ts": "b\n", "lib/deep/c.ts": "c\n", "src/[id].ts": "d\n"})
    project.git("init", "-q")
    project.git("add", "-A")
    project.execute(["git", "commit", "-qm", "first"], env={"GIT_COMMITTER_DATE": "2020-01-01T00:00:00Z"}).assert_ok()
    for path in [*project.folder.glob("src/*"), *project.folder.rglob("lib/**/*"), project.folder / "lib"]:
        aged(path)
    return project


def test_what_is_older_than_the_start_is_told(repository: Project) -> None:
    """A deliverable that was there before and was not written since is no evidence of work."""
    done = started(repository.folder, 60, "src/a.ts", "src/b.ts", "lib/", "src/*.ts", "src/[id].ts", "it just works")

    (repository.folder / "src/b.ts").write_text("new\n")

    assert Evidence((), ("src/a.ts", "lib/", "src/[id].ts"), 0) == evidence(done, repository.folder)


def test_a_change_deep_in_a_folder_counts(repository: Project) -> None:
    """A folder is new as soon as anything in it is."""
    done = started(repository.folder, 60, "lib/")

    (repository.folder / "lib/deep/c.ts").write_text("new\n")

    assert () == evidence(done, repository.folder).unchanged


def test_a_huge_folder_counts_as_changed(repository: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is too much to look at, nothing is claimed."""
    monkeypatch.setattr(looking, "LOOKED_AT", 2)

    assert () == evidence(started(repository.folder, 60, "lib/"), repository.folder).unchanged


def test_commits_since_the_start_are_counted(repository: Project) -> None:
    """Commits count that touch a deliverable since the start, and a commit is a change even of an old file."""
    done = started(repository.folder, 60, "src/a.ts", "src/[id].ts")
    for name, text in (("src/a.ts", "1"), ("src/a.ts", "2"), ("src/b.ts", "3")):
        repository.write({name: text})
        repository.git("commit", "-qam", "work")
    aged(repository.folder / "src/a.ts")

    assert Evidence((), ("src/[id].ts",), 2) == evidence(done, repository.folder)


@pytest.mark.parametrize("at", [None, "", "yesterday", 7])
def test_without_a_start_nothing_is_said_of_age(repository: Project, at: object) -> None:
    """What was never started, or at a time that is none, is looked for only."""
    made = subtask("f", "01", status="completed", deliverables=["src/a.ts", "src/z.ts"])
    write_feature(repository.folder / ".tmp/tasks", "f", {**made, "started_at": at})

    found = evidence(load(repository.folder / ".tmp/tasks", "f").find("01"), repository.folder)

    assert Evidence(("src/z.ts",)) == found


def test_outside_of_a_repository_age_decides(tmp_path: Path) -> None:
    """Without git the number of commits is unknown."""
    (tmp_path / "a.ts").touch()
    aged(tmp_path / "a.ts")

    assert Evidence((), ("a.ts",), None) == evidence(started(tmp_path, 60, "a.ts"), tmp_path)


def test_a_file_written_right_after_the_start_is_new(tmp_path: Path) -> None:
    """Disks keep coarser times than clocks, so a moment too early is forgiven."""
    (tmp_path / "a.ts").touch()
    aged(tmp_path / "a.ts", 1)

    assert () == evidence(started(tmp_path, 0, "a.ts"), tmp_path).unchanged
