"""`batchpack run`: plans carried out by real programs in real repositories."""

from __future__ import annotations

import json
import signal
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.support.work import Ground, plan

ONE: dict[str, Any] = {
    "id": "one",
    "command": "echo 1 > one.txt",
    "deliverables": ["one.txt"],
    "verify": ["test -s one.txt"],
}


@pytest.fixture
def ground(tmp_path: Path) -> Ground:
    """Return a repository with one commit."""
    return Ground(tmp_path)


def test_what_depends_on_a_task_finds_its_work(ground: Ground) -> None:
    """A dependant starts from what is merged; all is on the run's branch, and nothing in the user's tree."""
    two = {"id": "two", "command": "cat one.txt one.txt > two.txt", "depends_on": ["one"]}
    done = ground.run(plan(ONE, two)).assert_ok()

    assert {"one": "merged", "two": "merged"} == ground.states()
    assert "1\n1\n" == ground.merged()["two.txt"]
    assert f"git merge --ff-only {ground.last.facts.target.removeprefix('refs/heads/')}" in done.out
    ground.check_untouched()


def test_a_failed_task_is_tried_again_until_its_work_passes(ground: Ground) -> None:
    """What fails twice and then passes is merged, with three attempts on record."""
    command = "n=$(cat n 2>/dev/null || echo 0); echo $((n+1)) > n; test $n -ge 2"
    ground.run(plan({"id": "third", "command": command})).assert_ok()

    task = ground.last.state().tasks["third"]
    assert ("merged", 3, ["failed", "failed", "verified"]) == (
        task.status,
        task.number,
        [t.verdict for t in task.tries],
    )


def test_a_task_that_never_passes_is_given_up_and_what_needs_it_left_out(ground: Ground) -> None:
    """The exit code is the number of tasks that failed; others are done all the same."""
    bad = {"id": "bad", "command": "echo $$ > x.txt; date +%N > y.txt; false", "attempts": 2}
    after = {"id": "after", "command": "true", "depends_on": ["bad"]}
    done = ground.run(plan(ONE, bad, after)).assert_failed("2 tasks were not done", "resume", code=2)

    assert {"one": "merged", "bad": "abandoned", "after": "skipped"} == ground.states()
    assert "Still failing after 2 attempts" in done.out
    assert '"should_stop": true' in done.out
    assert '"stop_reason": "Task bad abandoned after 2 attempts"' in done.out


def test_work_outside_the_scope_is_not_taken(ground: Ground) -> None:
    """A file that the task may not change fails the attempt with its name, and is not merged."""
    ground.run(plan({**ONE, "command": "echo 1 > one.txt; echo > other.txt", "attempts": 1}))

    assert {"one": "abandoned"} == ground.states()
    assert "other.txt" in ground.last.state().tasks["one"].tries[0].facts["reason"]


def test_work_in_the_main_tree_fails_the_attempt(ground: Ground) -> None:
    """An attempt during which the main tree changed is failed, named with the path, and the change is left there."""
    command = f"echo 1 > one.txt; echo leaked > '{ground.root}/leak.txt'"
    ground.run(plan({**ONE, "command": command, "attempts": 1}))

    assert {"one": "abandoned"} == ground.states()
    assert "leak.txt" in ground.last.state().tasks["one"].reason
    assert "leaked\n" == (ground.root / "leak.txt").read_text()


def test_a_task_that_hangs_is_ended_with_all_it_started(ground: Ground) -> None:
    """After its time the whole process group is gone, and the attempt failed for that."""
    marker = ground.root.parent / "alive"
    command = f"(sleep 4; touch '{marker}') & sleep 600"
    ground.run(plan({"id": "hangs", "command": command, "timeout": 1, "attempts": 1}))
    time.sleep(3.5)

    assert "longer than 1 s" in ground.last.state().tasks["hangs"].reason
    assert not marker.exists()


def test_without_worktrees_work_is_done_in_the_project(ground: Ground) -> None:
    """Nothing is committed or merged, and a folder without git does as well."""
    ground.run(
        plan(ONE, {"id": "two", "command": "cp one.txt two.txt", "depends_on": ["one"]}), "--no-worktrees"
    ).assert_ok()

    assert {"one": "verified", "two": "verified"} == ground.states()
    assert "1\n" == (ground.root / "two.txt").read_text()


def test_a_dry_run_makes_nothing(ground: Ground) -> None:
    """The order is printed; there is no run afterwards."""
    done = ground.run(plan(ONE), "--dry-run").assert_ok()

    assert "Layer 1\n  one  ONE  (shell)" in done.out
    assert not (ground.root / ".batchpack").exists()


def test_a_dry_run_of_layers_shows_them_one_after_another(ground: Ground) -> None:
    """In a layered plan a task of a later layer stands behind those of earlier ones, though it needs none of them."""
    tasks = ({"id": "a", "command": "true", "layer": "1"}, {"id": "b", "command": "true", "layer": "2"})
    facts = ground.run(plan(*tasks, layered=True), "--dry-run", "--json").json()

    assert [["a"], ["b"]] == facts["layers"]


def test_events_as_json(ground: Ground) -> None:
    """Each event is a line with its number, and the last one says that the run is finished."""
    lines = [json.loads(line) for line in ground.run(plan(ONE), "--json").assert_ok().out.splitlines()]

    names = [line["event"] for line in lines]
    assert ["worktree_made", "attempt_started", "judged", "merged", "finished"] == names
    assert sorted({line["seq"] for line in lines}) == [line["seq"] for line in lines]


def test_the_joblog_has_gnu_parallels_columns(ground: Ground) -> None:
    """A row an attempt, with exit value and command."""
    ground.run(plan({"id": "bad", "command": "exit 7", "attempts": 1}))
    head, row = (line.split("\t") for line in (ground.last.folder / "joblog.tsv").read_text().splitlines())

    assert ["Seq", "Host", "Starttime", "JobRuntime", "Send", "Receive", "Exitval", "Signal", "Command"] == head
    assert ("1", "7", "0", "exit 7") == (row[0], *row[6:])


def test_resources_are_not_shared_beyond_their_places(ground: Ground) -> None:
    """Two tasks that need the one database never run at once."""
    command = "mkdir '{0}' && sleep 0.3 && rmdir '{0}' && echo > {1}.txt"
    lock = ground.root.parent / "held"
    tasks = [{"id": n, "command": command.format(lock, n), "needs": ["db"]} for n in ("a", "b", "c")]
    ground.run(plan(*tasks, pools={"db": 1})).assert_ok()

    assert {"merged"} == set(ground.states().values())


def test_layers_behind_an_abandoned_task_do_not_begin(ground: Ground) -> None:
    """By default a task given up stops later layers; with --halt never only what depends on it."""
    tasks = (
        {"id": "bad", "command": "false", "layer": "1", "attempts": 1},
        {"id": "slow", "command": "sleep 1; echo > s.txt", "layer": "1"},
        {"id": "later", "command": "echo > l.txt", "layer": "2", "depends_on": ["slow"]},
    )
    ground.run(plan(*tasks))
    assert {"bad": "abandoned", "slow": "merged", "later": "skipped"} == ground.states()

    ground.run(plan(*tasks), "--halt", "never")
    assert {"bad": "abandoned", "slow": "merged", "later": "merged"} == ground.states()


def test_conflicting_work_is_done_anew_on_what_was_merged(ground: Ground) -> None:
    """Of two tasks that write one file the second is given back, begins on the merged state, and is merged."""
    tasks = [{"id": n, "command": f"echo {n} >> shared.txt"} for n in ("a", "b")]
    ground.run(plan(*tasks)).assert_ok()

    assert ["a\n", "b\n"] == sorted(ground.merged()["shared.txt"].splitlines(keepends=True))
    verdicts = sorted([t.verdict for t in task.tries] for task in ground.last.state().tasks.values())
    assert [["verified"], ["verified", "conflict", "verified"]] == verdicts


def test_a_killed_run_goes_on_and_repeats_nothing(ground: Ground) -> None:
    """After kill -9 the attempt that runs is waited for, not begun again; each task ran once."""
    count = ground.root.parent / "count"
    tasks = [
        {"id": n, "command": f"echo {n} >> '{count}'; sleep {seconds}; echo > {n}.txt"}
        for n, seconds in (("quick", 0), ("slow", 3))
    ]
    child = ground.start(plan(*tasks, {"id": "last", "command": "echo > l.txt", "depends_on": ["quick", "slow"]}))
    _wait(lambda: count.exists() and len(count.read_text().split()) == 2)
    child.send_signal(signal.SIGKILL)
    child.communicate()
    assert "Nobody drives it" in ground.project.run("status").assert_ok().out

    ground.project.run("resume").assert_ok()
    assert {"merged"} == set(ground.states().values())
    assert ["quick", "slow"] == sorted(count.read_text().split())
    ground.check_untouched()


def test_the_first_interrupt_waits_and_the_second_ends(ground: Ground) -> None:
    """After one Ctrl-C what runs is waited for and nothing begins; after two it is ended; both say how to go on."""
    tasks = (
        {"id": "slow", "command": "sleep 2; echo > s.txt"},
        {"id": "next", "command": "echo > n.txt", "depends_on": ["slow"]},
    )
    child = ground.start(plan(*tasks))
    _wait(lambda: bool(list(ground.root.glob(".batchpack/runs/*/attempts/slow-1/out"))))
    child.send_signal(signal.SIGINT)
    out, _ = child.communicate(timeout=60)
    assert (130, "pending") == (child.returncode, ground.states()["next"]), out
    assert "nothing new begins" in out
    assert "go on with: batchpack resume" in out

    child = ground.start(plan({"id": "slow", "command": "sleep 600"}))
    _wait(lambda: len(list(ground.root.glob(".batchpack/runs/*/attempts/slow-1/out"))) == 2)
    child.send_signal(signal.SIGINT)
    time.sleep(0.5)
    child.send_signal(signal.SIGINT)
    out, _ = child.communicate(timeout=60)
    assert (130, "cancelled") == (child.returncode, ground.states()["slow"]), out


def test_a_plan_that_changed_is_not_gone_on_with(ground: Ground) -> None:
    """`resume` names what is different, and goes on with the old one only when told to."""
    text = plan({"id": "bad", "command": "false", "attempts": 1})
    ground.run(text)
    (ground.root.parent / "plan.yaml").write_text(
        text.replace("'false'", "'true'").replace("attempts: 1", "attempts: 2")
    )
    again = ("resume", "--retry-failed", ground.last.short)
    (ground.root.parent / "plan.yaml").write_text(plan({"id": "new", "command": "true"}))
    ground.project.run(*again).assert_failed("the plan changed", "new: is new", "--as-begun")
    ground.project.run(*again, "--as-begun").assert_failed("1 task was not done", code=1)


def test_output_into_a_file_of_the_project_is_nobodys_fault(ground: Ground) -> None:
    """`batchpack run … > run.log` in the project changes the main tree, and fails no task."""
    file = ground.root.parent / "plan.yaml"
    file.write_text(plan(ONE, {"id": "two", "command": "echo > 2.txt", "depends_on": ["one"]}))
    line = f"'{sys.executable}' -m batchpack run '{file}' > run.log 2>&1"
    ground.project.execute(["/bin/sh", "-c", line]).assert_ok()

    assert {"one": "merged", "two": "merged"} == ground.states()


def test_work_merged_into_a_named_branch_begins_at_its_tip(ground: Ground) -> None:
    """With --into the run's merges are on that branch, and its moves are not held against anybody."""
    ground.project.git("branch", "next")
    ground.run(
        plan(ONE, {"id": "two", "command": "cp one.txt two.txt", "depends_on": ["one"]}), "--into", "next"
    ).assert_ok()

    assert {"one": "merged", "two": "merged"} == ground.states()
    assert "1\n" == ground.project.git("show", "next:two.txt")


def test_a_budget_that_is_used_up_stops_the_run(ground: Ground) -> None:
    """Nothing more begins, the reason is told, and a larger limit goes on."""
    tasks = [{"id": n, "command": f"echo > {n}.txt"} for n in ("a", "b", "c")]
    done = ground.run(plan(*tasks), "--budget", "attempts=2", "-j", "1")
    done.assert_failed("the budget of 2 attempts", "--budget UNIT=LIMIT", code=1)
    assert ["merged", "merged", "pending"] == sorted(ground.states().values())

    ground.project.run("resume", "--budget", "attempts=3").assert_ok()
    assert {"merged"} == set(ground.states().values())


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--budget", "euros=5"), "is no limit"),
        (("--budget", "dollars=nan"), "is no limit"),
        (("--executor", "nobody"), "no executor named 'nobody'"),
        (("--engine", "moon"), "no engine named 'moon'"),
        (("--into", "main"), "checked out"),
        (("--into", "a..b"), "is no branch"),
        (("--into", "HEAD"), "is no branch"),
        (("--into=--force",), "is no branch"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_made(ground: Ground, words: tuple[str, ...], said: str) -> None:
    """A wrong option is named with what to do, and there is no run."""
    tasks = plan({"id": "a", "prompt": "do it"}) if "--executor" in words else plan(ONE)
    done = ground.run(tasks, *words)

    assert done.code in {1, 2}
    assert said in done.err, str(done)
    assert [] == list(ground.root.glob(".batchpack/runs/*"))


def test_a_folder_without_git_is_told(tmp_path: Path) -> None:
    """Worktrees need a repository: the sentence says how to make one."""
    (tmp_path / "plan.yaml").write_text(plan(ONE))
    from tests.support.project import Project

    Project(tmp_path).run("run", str(tmp_path / "plan.yaml")).assert_failed("is in no git repository", "git init")


def _wait(true: Any) -> None:
    """Wait until something is so."""
    end = time.monotonic() + 60
    while not true():
        assert time.monotonic() < end, "it did not come to pass"
        time.sleep(0.05)
