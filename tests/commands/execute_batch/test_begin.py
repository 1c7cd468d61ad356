"""`batchpack execute-batch begin` as a process."""

from __future__ import annotations

import json

from tests.commands.execute_batch.conftest import Ground


def test_worktrees_and_prompts_are_there_before_any_agent(ground: Ground) -> None:
    """Each task has a worktree on its own branch, a prompt, a call in the host's words and an entry in the state."""
    shown = ground.begin("L1-001,L1-002,L1-006", "--host", "claude_code").assert_ok().out
    calls = [json.loads(line.removeprefix("Agent ")) for line in shown.splitlines() if line.startswith("Agent {")]

    assert ["Execute task L1-001", "Execute task L1-002", "Execute task L1-006"] == [c["description"] for c in calls]
    assert "Make 3 calls together in one message and wait for all of them:" in shown
    assert "Then run:\n    " in shown
    for name in ("L1-001", "L1-002", "L1-006"):
        entry = ground.state()["tasks"][name]
        assert ("in_progress", 1) == (entry["status"], entry["attempt"])
        assert entry["branch"] in ground.project.git("branch", "--list", entry["branch"])
        assert f"# Task `{name}`, attempt 1 of 5" in (ground.project.folder / calls[0]["prompt"].split()[-1].replace(
            "L1-001", name)).read_text()  # fmt: skip


def test_calls_are_bounded_in_one_message(ground: Ground) -> None:
    """More tasks than may run at once are called in several messages."""
    shown = ground.begin("L1-001,L1-002,L1-006", "--max-parallel", "2").assert_ok().out

    assert "Make 2 calls together" in shown
    assert "Make 1 call together" in shown


def test_begun_again_it_goes_on(ground: Ground) -> None:
    """An attempt that was begun is called again under its number, in the same worktree and run."""
    ground.begin("L1-001").assert_ok()
    ground.work("L1-001")
    facts = ground.begin("L1-001", "--json").json()

    assert [("L1-001", 1)] == [(call["task"], call["attempt"]) for call in facts["calls"]]
    assert (ground.project.folder.parent / "trees" / "L1-001" / "app" / "enums.py").exists()


def test_what_depends_on_the_batch_is_refused(ground: Ground) -> None:
    """Tasks that wait for each other are no batch, and one that waits for unmerged work does not begin."""
    ground.begin("L1-001,L2-001").assert_failed("L2-001 waits for L1-001, so they are no batch")
    ground.begin("L2-001").assert_failed("L2-001 waits for work that is not merged: L1-001 is pending")
    ground.begin("L9-999").assert_failed("no task named 'L9-999'", code=2)
    ground.begin(",").assert_failed("names no task", code=2)


def test_what_waits_begins_on_what_was_merged(ground: Ground) -> None:
    """Verified work is merged before a task that depends on it begins, and is in its worktree."""
    ground.begin("L1-001").assert_ok()
    ground.work("L1-001")
    ground.record("L1-001").assert_ok()
    ground.end("L1-001").assert_ok()
    ground.begin("L2-001").assert_ok()

    assert "VALUE = 1\n" == (ground.project.folder.parent / "trees" / "L2-001" / "app" / "enums.py").read_text()
    assert ["merged"] == [one["status"] for one in ground.state()["merge_queue"] if one["task_id"] == "L1-001"]


def test_a_shared_main_tree_fails_nobody(ground: Ground) -> None:
    """Changes in the main tree fail the attempts of a batch, and are only told once it is said that others write."""
    ground.begin("L1-001").assert_ok()
    ground.work("L1-001")
    ground.record("L1-001")
    ground.project.write({"app/mine.py": "x\n"})
    done = ground.end("L1-001").assert_failed("app/mine.py", "if that was you, begin again with --shared-main-tree")
    assert "Verified: none" in done.out

    ground.begin("L1-001,L1-006", "--shared-main-tree").assert_ok()
    for name, attempt in (("L1-001", 2), ("L1-006", 1)):
        ground.work(name)
        ground.record(name, attempt)
    done = ground.end("L1-001,L1-006").assert_ok()
    assert "Verified: L1-001, L1-006" in done.out
    assert "the main tree changed meanwhile, and was left as it is: app/mine.py\n" in done.err


def test_where_it_stands_is_told_with_the_hosts_commands(ground: Ground) -> None:
    """`batchpack status` of such a run says how its batches are ended and begun, and never to resume it."""
    ground.begin("L1-001").assert_ok()
    begun = ground.project.run("status").assert_ok().out
    assert f"End the batch that is begun: batchpack execute-batch end {ground.run} --task-ids L1-001\n" in begun
    ground.work("L1-001")
    ground.record("L1-001")
    ground.end("L1-001").assert_ok()
    told = ground.project.run("status").assert_ok().out

    path = ground.project.folder / "tasks"
    assert (
        f"Begin the next batch: batchpack execute-batch begin --tasks-path {path} --task-ids L1-002,L1-006,L2-001\n"
    ) in told
    assert "batchpack resume" not in begun + told
    command = told.rpartition("batchpack ")[2].split()
    ground.project.run(*command).assert_ok()
    assert "batchpack execute-batch begin" in ground.project.run("cancel", "latest").out
