"""Processes killed at every act on the disk: a run is whole or not there, and goes on to the same end."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from batchpack.runs import batches, resume, store, synthesis
from batchpack.runs.store import Run
from tests.runs.build import drive, make_run, put, roots
from tests.support.killer import Mode, killed_at
from tests.support.project import Project

MOST = 120
LAYERS = (("explorer", "architect"), ("debugger",))
Act = Callable[[], object]

pytestmark = pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")


def to_start(run: Run) -> Act:
    """Leave a run before its first batch."""
    return lambda: batches.start(run, 1, 1, roots())


def to_put(run: Run) -> Act:
    """Leave a run before its last result of the first batch."""
    batches.start(run, 1, 1, roots())
    put(run, "architect")
    return lambda: put(run, "explorer")


def to_retry(run: Run) -> Act:
    """Leave a run before a finish that calls agents again."""
    batches.start(run, 1, 1, roots())
    put(run, "explorer", status="BLOCKED")
    return lambda: batches.finish(run, 1, 1, roots(), final=False)


def to_finish(run: Run) -> Act:
    """Leave a run before a finish that closes a batch."""
    to_put(run)()
    return lambda: batches.finish(run, 1, 1, roots(), final=False)


def to_synthesize(run: Run) -> Act:
    """Leave a run before its synthesis."""
    for number, names in enumerate(LAYERS, 1):
        batches.start(run, number, 1, roots())
        for name in names:
            put(run, name)
        batches.finish(run, number, 1, roots(), final=False)
    return lambda: synthesis.write(run, 1, partial=False)


def to_resume(run: Run) -> Act:
    """Leave a run before it is resumed in the middle of a batch."""
    to_put(run)
    return lambda: resume.resume(run, roots(), retry_failed=False)


@pytest.mark.parametrize("mode", ["before", "tear"])
@pytest.mark.parametrize("prepare", [to_start, to_put, to_retry, to_finish, to_synthesize, to_resume])
def test_an_act_killed_anywhere_loses_nothing(
    project: Project, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, prepare: Callable[[Run], Act], mode: Mode
) -> None:
    """Wherever a process is killed, results recorded before stay, and the run comes to the same end."""
    run = make_run(project, monkeypatch, LAYERS, depends_on={"debugger": ("explorer",)})
    act = prepare(run)
    before = {task.name for task in run.state().tasks.values() if task.state == "done"}
    shutil.copytree(run.folder, tmp_path / "before")
    for number in range(1, MOST):
        shutil.rmtree(run.folder)
        shutil.copytree(tmp_path / "before", run.folder)
        if not killed_at(number, mode, act):
            break
        assert before <= {task.name for task in run.state().tasks.values() if task.state == "done"}
        counts = drive(run).counts()
        assert (3, 3, 0) == (counts.tasks, counts.done, counts.pending), number
        assert "3 tasks = 3 done + 0 failed + 0 skipped + 0 pending" in run.synthesis.read_text()
    assert 2 < number < MOST - 1


@pytest.mark.parametrize("mode", ["before", "tear"])
def test_a_start_killed_anywhere_leaves_a_whole_run_or_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: Mode
) -> None:
    """Wherever a first start is killed, each run that is found can be read, and the next start works."""
    for number in range(1, MOST):
        project = Project(tmp_path / str(number))
        monkeypatch.setenv("HOME", str(project.home))
        died = killed_at(number, mode, lambda here=project: make_run(here, monkeypatch, LAYERS))  # type: ignore[misc]
        for folder in store.of_project(project.folder):
            assert Run(folder).state().counts().pending == 3
        assert make_run(project, monkeypatch, LAYERS).folder in store.of_project(project.folder)
        if not died:
            break
    assert 4 < number < MOST - 1
