"""Full disks and folders that cannot be written: a clear error, nothing lost, and the same command works later."""

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest

from batchpack.runs import batches, synthesis
from batchpack.runs.store import Run
from tests.runs.build import drive, make_run, put, roots
from tests.support.project import ROOT, Outcome, Project

FULL = """
import resource, runpy, sys
limit = int(sys.argv[1])
sys.argv = ["batchpack", *sys.argv[2:]]
sys.dont_write_bytecode = True
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))
runpy.run_module("batchpack", run_name="__main__", alter_sys=False)
"""


def on_full_disk(project: Project, room: int, *words: str, stdin: str = "") -> Outcome:
    """Run a command that can write no file beyond `room` bytes."""
    argv = [sys.executable, "-c", FULL, str(room), *words]
    return project.execute(argv, stdin=stdin, env={"PYTHONPATH": str(ROOT)})


def test_a_start_on_a_full_disk_leaves_nothing(project: Project) -> None:
    """No run is begun, no half of one is found, and the next start works."""
    outcome = on_full_disk(project, 0, "start", "Fix the error in the login form")
    outcome.assert_failed("cannot write", "nothing was lost")
    runs = project.folder / ".batchpack" / "runs"
    assert [] == (list(runs.iterdir()) if runs.is_dir() else [])
    project.run("start", "Fix the error in the login form").assert_ok()


@pytest.mark.parametrize("torn", [0, 20])
def test_every_act_on_a_full_disk_fails_and_works_later(
    project: Project, monkeypatch: pytest.MonkeyPatch, torn: int
) -> None:
    """A command that cannot write says so; what was recorded stands, and the run goes on when there is room.

    With `torn` bytes of room behind the journal's end its next line is cut off.
    """
    run = make_run(project, monkeypatch, [("one", "two"), ("three",)], depends_on={"three": ("one",)})
    put_words = ["result", "put", run.id, "one", "--status", "DONE", "--summary", "s", "--file", "-"]
    steps: tuple[tuple[list[str], Callable[[], object]], ...] = (
        (["batch", "start", run.id, "1"], lambda: batches.start(run, 1, 1, roots())),
        (put_words, lambda: put(run, "one")),
        (["batch", "finish", run.id, "1"], lambda: put(run, "two")),
        (["resume", run.id], lambda: None),
    )
    for words, then in steps:
        before = run.state().counts()
        room = run.journal.stat().st_size + torn if torn else 0
        on_full_disk(project, room, *words, stdin="a report").assert_failed("cannot write")
        assert before == run.state().counts()
        then()
    state = drive(run)
    assert (3, 3) == (state.counts().tasks, state.counts().done)
    on_full_disk(project, 0, "synthesize", run.id, "--fence", str(state.fence)).assert_failed("cannot write")
    assert "3 done" in run.synthesis.read_text()


def test_a_file_in_the_place_of_the_run_root_is_told(project: Project) -> None:
    """A run root that cannot be made is a clear error, and what stands there is left alone."""
    project.write({".batchpack": "a file of the user's"})
    project.run("start", "Fix the error in the login form").assert_failed("cannot write", ".batchpack")
    assert (project.folder / ".batchpack").read_text() == "a file of the user's"


def test_a_run_root_that_leads_out_is_refused(project: Project) -> None:
    """A link in the place of the run root is not followed out of the project."""
    (project.folder / ".batchpack").symlink_to(project.home)
    project.run("start", "Fix the error in the login form").assert_failed("lies outside")
    assert not (project.home / "runs").exists()


def test_a_closed_state_folder_is_told_and_the_run_goes_on(project: Project) -> None:
    """Where the index cannot be written, a run of the project is begun all the same and found from there."""
    (project.home / ".local").write_text("in the way")
    outcome = project.run("start", "Fix the error in the login form").assert_ok()
    assert "is found from" in outcome.err
    assert len(project.run("runs", "--json").json()["runs"]) == 1


def test_a_closed_state_folder_stops_a_run_outside_the_project(project: Project) -> None:
    """A run that lies in the home and could not be found again is not begun."""
    (project.home / ".local").write_text("in the way")
    project.run("start", "--host", "osa", "Fix the error in the login form").assert_failed("cannot write")
    assert [] == list((project.home / ".osa" / "work" / "batches" / "runs").iterdir())


def test_a_state_copy_that_cannot_be_written_fails_nothing(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """`state.json` is a copy for onlookers: the journal alone decides."""
    run = make_run(project, monkeypatch, [("one",)])
    (run.folder / "state.json").mkdir()
    drive(run)
    assert Run(run.folder).state().complete()
    assert synthesis.tokens(run.synthesis.read_text()) > 0


def test_printing_to_a_full_disk_is_an_error_not_a_bug(project: Project) -> None:
    """A command whose output goes to a full disk says so and fails as for any full disk."""
    outcome = project.execute(["bash", "-c", "batchpack runs --all >/dev/full"])
    outcome.assert_failed("No space left on device", "nothing was lost")
