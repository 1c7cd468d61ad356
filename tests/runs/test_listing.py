"""The list of runs: newest first, a line a run, columns that line up."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from batchpack.runs import listing, resume
from batchpack.runs.listing import Row
from batchpack.runs.state import Counts
from tests.runs.build import drive, make_run, roots
from tests.support.project import Project

ROW = Row("20260102T030405-a1b2", "/p", None, "", "open", Counts(9, 1, 2, 3, 3), "Do it")


def test_the_newest_run_comes_first(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs are ordered by their start, also within one second, and whatever happened to them later."""
    runs = [make_run(project, monkeypatch, [("one",)]) for _ in range(4)]
    drive(runs[1])
    assert [run.id for run in reversed(runs)] == [row.run for row in listing.rows(project.folder)]


def test_each_project_has_its_own_list(project: Project, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A project lists its own runs wherever they lie; without a project all are listed."""
    other = Project(tmp_path / "other")
    here = make_run(project, monkeypatch, [("one",)])
    in_home = make_run(project, monkeypatch, [("one",)], place="~/.somewhere")
    other.home.rmdir()
    other.home.symlink_to(project.home)
    there = make_run(other, monkeypatch, [("one",)])
    monkeypatch.setenv("HOME", str(project.home))
    assert {here.id, in_home.id} == {row.run for row in listing.rows(project.folder)}
    assert [there.id] == [row.run for row in listing.rows(other.folder)]
    assert {here.id, in_home.id, there.id} >= {row.run for row in listing.rows(None)} >= {here.id, in_home.id}


def test_the_standing_says_open_taken_over_or_finished(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run is open, then open with its fence, then finished."""
    run = make_run(project, monkeypatch, [("one",)])
    seen = [listing.rows(project.folder)[0].standing]
    resume.resume(run, roots(), retry_failed=False)
    seen.append(listing.rows(project.folder)[0].standing)
    drive(run)
    assert [*seen, listing.rows(project.folder)[0].standing] == ["open", "open, fence 2", "finished"]


@pytest.mark.parametrize("name", ["run.json", "plan.json", "journal.jsonl"])
def test_a_run_that_cannot_be_read_hides_no_other(project: Project, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Whichever record is damaged, the run is listed without counts and says which file it is."""
    bad, good = (make_run(project, monkeypatch, [("one",)]) for _ in range(2))
    times = (bad.folder / "run.json").stat()
    (bad.folder / name).write_bytes(b"\xff{")
    os.utime(bad.folder / "run.json", ns=(times.st_atime_ns, times.st_mtime_ns))
    rows = listing.rows(project.folder)
    assert [good.id, bad.id] == [row.run for row in rows]
    assert rows[1].counts is None
    assert f"unreadable: {bad.folder / name}" in rows[1].standing


def test_columns_line_up_under_their_headings() -> None:
    """Cells begin where their heading does, an unreadable run has question marks, and no line ends in blanks."""
    unreadable = Row("20260102T030406-b1b2", "", "opencode", "", "unreadable: x", None, "")
    lines = listing.table([ROW, unreadable], everywhere=False)
    starts = {name: lines[0].index(name) for name in ("RUN", "HOST", "DONE", "FAILED", "SKIPPED", "LEFT", "STANDING")}
    cells = [[line[start:].split()[0] for start in starts.values()] for line in lines[1:]]
    assert cells[0] == [ROW.run, "-", "1", "2", "3", "3", "open"]
    assert cells[1] == [unreadable.run, "opencode", "?", "?", "?", "?", "unreadable:"]
    assert lines == [line.rstrip() for line in lines]


def test_the_project_is_shown_where_there_are_several() -> None:
    """Only the list of all projects has their column."""
    for everywhere in (True, False):
        head, line = listing.table([ROW], everywhere=everywhere)
        assert (everywhere, everywhere) == ("PROJECT" in head, "/p" in line)


def test_a_long_request_stays_in_its_line() -> None:
    """A request of many lines is one line of at most sixty characters."""
    row = Row(ROW.run, "", None, "", "open", ROW.counts, "first\nsecond " * 50)
    lines = listing.table([row], everywhere=False)
    assert len(lines) == 2
    shown = lines[1][lines[0].index("REQUEST") :]
    assert shown.startswith("first second first")
    assert len(shown) <= 60
    assert shown.endswith("…")


@pytest.mark.parametrize("plan", ['{"tasks": 5}', '{"name": "x"}', '{"tasks": [], "name": "x"}', "[]"])
def test_a_run_of_work_that_cannot_be_read_is_named(tmp_path: Path, plan: str) -> None:
    """What is not as it was written stands in the list as unreadable, with its folder."""
    folder = tmp_path / ".batchpack/runs/20260102T030405-a1b2"
    folder.mkdir(parents=True)
    (folder / "run.json").write_text('{"kind": "work"}')
    (folder / "plan.json").write_text(plan)
    (row,) = listing.rows(tmp_path)

    assert row.run == folder.name
    assert row.standing.startswith(f"unreadable: what is in {folder}")
