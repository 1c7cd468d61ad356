"""`batchpack execute-batch record` as a process."""

from __future__ import annotations

from tests.commands.execute_batch.conftest import Ground


def test_an_answer_is_kept_for_the_present_attempt(ground: Ground) -> None:
    """What was claimed is said back; another attempt, an unknown task and nothing at all are refused."""
    ground.begin("L1-001,L1-002").assert_ok()

    assert "Recorded: L1-001, attempt 1 (verified)\n" == ground.record("L1-001").assert_ok().out
    assert "no usable RESULT" in ground.record("L1-002", 1, "perhaps").assert_ok().out
    ground.record("L1-001", 2).assert_failed("no attempt 2 to hand in for: its attempt 1 runs")
    ground.record("L1-006").assert_failed("it is pending")
    words = ("execute-batch", "record", ground.run)
    ground.project.run(*words, "nope", "--attempt", "1", "--failed").assert_failed("no task named 'nope'", code=2)
    ground.project.run(*words, "L1-001", "--attempt", "1").assert_failed("nothing was handed in", code=2)


def test_an_agent_that_broke_off_is_recorded_as_such(ground: Ground) -> None:
    """A timeout and a crash fail the attempt in their own words, whatever was left in the worktree."""
    ground.begin("L1-001,L1-002").assert_ok()
    ground.work("L1-001")
    words = ("execute-batch", "record", ground.run)
    assert "(it did not end in time)" in ground.project.run(*words, "L1-001", "--attempt", "1", "--timeout").out
    assert "(it broke off)" in ground.project.run(*words, "L1-002", "--attempt", "1", "--failed").out
    ground.end("L1-001,L1-002")

    state = ground.state()["tasks"]
    assert "timeout" == state["L1-001"]["errors"][0]["type"]
    assert ["failed", "failed"] == [state[name]["status"] for name in ("L1-001", "L1-002")]
