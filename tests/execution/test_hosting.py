"""A batch in a host; tests/commands/execute_batch has what it looks like."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from batchpack import manager
from batchpack.app import App
from batchpack.errors import BatchpackError
from batchpack.execution import hosted, hosting
from tests.support.project import Project
from tests.workplan.build import plan, task

CLAIM = 'RESULT: {"task_id": "a", "status": "verified"}'


def test_an_attempt_survives_the_death_of_whoever_began_it(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Begun twice it is one attempt; what was handed in last counts; judged, it cannot be handed in for again."""
    for name, value in project.environment().items():
        monkeypatch.setenv(name, value)
    work = plan(replace(task("a"), command="", prompt="x", verify=("test -s a.txt",)), path=project.folder / "p.yaml")
    run = hosted.run_of(work, project.init_git().folder, tmp_path / "w")
    app = App(manager.load)
    for _ in range(2):
        with hosted.opened(app, run) as context:
            calls, told = hosting.begin(context, hosted.repository_of(context), ["a"])
    assert ([("a", 1)], []) == ([(one.task, one.attempt) for one in calls], told)
    (calls[0].folder / "a.txt").write_text("x")

    with hosted.opened(app, run) as context:
        hosting.hand_in(context, "a", 1, "it broke", failed=True, timed_out=False)
        hosting.hand_in(context, "a", 1, CLAIM, failed=False, timed_out=False)
        hosting.end(context, hosted.repository_of(context), ["a"])
        assert "verified" == context.state.tasks["a"].status
        with pytest.raises(BatchpackError, match="it is verified"):
            hosting.hand_in(context, "a", 1, CLAIM, failed=False, timed_out=False)
    assert ["attempt_started", "judged"] == [e.name for e in run.events() if e.task and e.name != "worktree_made"]
