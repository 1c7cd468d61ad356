"""`batchpack execute-batch record` as a process."""

from __future__ import annotations

import pytest

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


def test_each_answer_is_seen_in_the_status_line(ground: Ground) -> None:
    """It has a sign of its own under the batch's own layer and number, until the batch is ended."""
    ground.begin("L1-001,L1-002", "--layer", "base", "--batch-number", "3").assert_ok()
    shown = [ground.project.run("status", "--line").out]
    for name in ("L1-001", "L1-002"):
        ground.record(name).assert_ok()
        shown.append(ground.project.run("status", "--line").out)

    assert [
        "[BATCH base #3] L1-001 ▶, L1-002 ▶ (0/2)\n",
        "[BATCH base #3] L1-001 ▷, L1-002 ▶ (0/2)\n",
        "[BATCH base #3] L1-001 ▷, L1-002 ▷ (0/2)\n",
    ] == shown


@pytest.mark.parametrize("note", ["", "[]", '{"tasks": ["nope"], "layer": "x", "number": 1}', '{"tasks": 1}'])
def test_a_note_that_is_none_stops_nobody(ground: Ground, note: str) -> None:
    """Where the note on the batch is broken the line is that of the plan's layer, and the answer is kept."""
    ground.begin("L1-001").assert_ok()
    [file] = (ground.project.folder / ".batchpack/runs").glob("2*/batch.json")
    file.write_text(note)

    ground.record("L1-001").assert_ok()
    assert "L1-001 ▶" in ground.project.run("status", "--line").out


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
