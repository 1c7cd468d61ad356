"""Races of real processes: one winner, nothing lost."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence

import pytest

from batchpack.runs import batches, store
from batchpack.runs.store import Run
from tests.runs.build import make_run, roots
from tests.support.orchestra import events
from tests.support.project import Project

PROCESSES = 16
TASKS = tuple(f"task-{number:02}" for number in range(PROCESSES))


def at_once(project: Project, commands: Sequence[Sequence[str]], stdin: str = "a report") -> list[tuple[int, str, str]]:
    """Run batchpack several times at once; returns exit codes, outputs and errors in the order of commands."""
    children = [
        subprocess.Popen(
            [sys.executable, "-m", "batchpack", *words],
            cwd=project.folder, env=project.environment(), text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )
        for words in commands
    ]  # fmt: skip
    for child in children:
        assert child.stdin
        child.stdin.write(stdin)
        child.stdin.close()
        child.stdin = None
    said = [child.communicate(timeout=120) for child in children]
    return [(child.returncode, *pair) for child, pair in zip(children, said, strict=True)]


def put_words(run: Run, task: str, summary: str) -> list[str]:
    """Return the words that hand in a result."""
    return ["result", "put", run.id, task, "--status", "DONE", "--summary", summary, "--file", "-"]


def test_sixteen_tasks_handed_in_at_once_are_all_recorded(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """No result is lost when sixteen processes hand in at the same time."""
    run = make_run(project, monkeypatch, [TASKS])
    batches.start(run, 1, 1, roots())
    outcomes = at_once(project, [put_words(run, task, f"{task} is done") for task in TASKS])
    assert [0] * PROCESSES == [code for code, _, _ in outcomes], outcomes
    state = run.state()
    assert (PROCESSES, 0) == (state.counts().done, state.counts().pending)
    assert [f"{task} is done" for task in TASKS] == [state.tasks[task].result.summary for task in TASKS]  # type: ignore[union-attr]
    assert not state.torn


def test_sixteen_results_of_one_task_have_one_winner(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of sixteen different results of one task one is recorded, the others are told, and the report is the winner's."""
    run = make_run(project, monkeypatch, [("one",)])
    batches.start(run, 1, 1, roots())
    outcomes = at_once(project, [put_words(run, "one", f"result {number}") for number in range(PROCESSES)])
    winners = [number for number, (code, _, _) in enumerate(outcomes) if code == 0]
    assert len(winners) == 1, outcomes
    assert all("one is done already" in err for code, _, err in outcomes if code)
    recorded = [one for one in events(run.folder) if one["event"] == "result"]
    assert [f"result {winners[0]}"] == [one["summary"] for one in recorded]


def test_the_same_result_sixteen_times_is_recorded_once(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Repeated hand-ins of one result all go well, and one line is written."""
    run = make_run(project, monkeypatch, [("one",)])
    batches.start(run, 1, 1, roots())
    outcomes = at_once(project, [put_words(run, "one", "the same")] * PROCESSES)
    assert [0] * PROCESSES == [code for code, _, _ in outcomes], outcomes
    assert 1 == sum("Already" not in out for _, out, _ in outcomes)
    assert 1 == sum(one["event"] == "result" for one in events(run.folder))


def test_a_batch_is_started_by_one_of_eight(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of eight orchestrators that start a batch one gets the calls; the others are told when it was started."""
    run = make_run(project, monkeypatch, [("one", "two")])
    outcomes = at_once(project, [["batch", "start", run.short, "1"]] * 8)
    assert sorted(code for code, _, _ in outcomes) == [0] + [1] * 7, outcomes
    assert all("was started at 20" in err and "resume" in err for code, _, err in outcomes if code)
    assert 1 == sum("calls together" in out for _, out, _ in outcomes)


def test_runs_started_at_once_are_all_there(project: Project) -> None:
    """Six starts in one second make six runs, each whole and in the index."""
    outcomes = at_once(project, [["start", "Fix the error in the login form"]] * 6)
    assert [0] * 6 == [code for code, _, _ in outcomes], outcomes
    assert len({out.split()[1] for _, out, _ in outcomes}) == 6
    assert len(project.run("runs", "--all", "--json").json()["runs"]) == 6
    assert all(Run(folder).state().counts().pending for folder in store.of_project(project.folder))
