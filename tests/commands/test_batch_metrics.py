"""The `batch-metrics` program: the script of the pack under another door."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.support.project import ROOT, Project
from tests.support.work import Ground, plan

DOOR = [str(Path(sys.executable).with_name("batch-metrics"))]
SCRIPT = [sys.executable, str(ROOT / "hooks" / "batch-metrics.py")]


@pytest.mark.parametrize("words", [[], ["--stats"], ["--help"], ["--run", "nope"], ["--wrong"]], ids=str)
def test_the_program_is_the_script(project: Project, words: list[str]) -> None:
    """The installed program says and returns what the script does, word for word."""
    program = project.execute([*DOOR, *words])
    script = project.execute([*SCRIPT, *words])

    assert (script.code, script.out, script.err) == (program.code, program.out, program.err)


def test_runs_of_plans_stand_beside_those_of_hosts(tmp_path: Path) -> None:
    """The program counts tasks, attempts, retries, width and use of `batchpack run`; the script only says they are."""
    ground = Ground(tmp_path)
    again = {"command": "test -e a && echo b > a || touch a", "deliverables": ["a"], "verify": ["grep b a"]}
    ground.run(plan({"id": "again", **again}, {"id": "never", "command": "touch c", "depends_on": ["again"]}))

    facts = ground.project.execute([*DOOR, "--json"]).json()
    said = ground.project.execute(DOOR).assert_ok().out
    one = ground.project.execute([*DOOR, "--run", ground.last.id]).assert_ok().out

    (run,) = facts["work_runs"]
    assert (2, 2, 3, 1, 1) == tuple(run[key] for key in ("tasks", "done", "attempts", "retries", "failed_attempts"))
    assert (0, 3) == (run["usage"]["unknown"], run["usage"]["without_model"])
    assert ([], 0) == (facts["runs"], facts["left_out"]["broken_runs"])
    assert "runs: 1, tasks: 2 = 2 done + 0 failed + 0 skipped + 0 pending" in said
    assert "No runs are recorded" not in said
    assert ["task", "again", "never"] == [line.split()[0] for line in one.splitlines()]
    assert "1 work runs" in ground.project.execute(SCRIPT).assert_ok().out


def test_an_unknown_run_is_refused_as_json_too(project: Project) -> None:
    """With the script's words."""
    project.execute([*DOOR, "--run", "nope", "--json"]).assert_failed("there is no run nope")


def test_it_is_not_a_word_behind_batchpack(project: Project) -> None:
    """`batchpack batch-metrics` does not exist: the program has its own name."""
    project.run("batch-metrics").assert_failed("No such command", code=2)
