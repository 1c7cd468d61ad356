"""`batchpack execute-batch end` as a process."""

from __future__ import annotations

import json

from tests.commands.execute_batch.conftest import Ground

ALL = "L1-001,L1-002,L1-006"


def test_the_batch_is_reported_to_the_letter(ground: Ground) -> None:
    """Summary and BATCH_RESULT stand in the words and keys that layer agents read."""
    ground.begin(ALL).assert_ok()
    for name in ALL.split(","):
        ground.work(name)
        ground.record(name)
    shown = ground.end(ALL, "--batch-number", "1", "--layer", "1-foundation").assert_ok().out
    head, _, result = shown.partition("\nBATCH_RESULT:\n")

    assert [
        "[BATCH 1-foundation #1] Complete", "Verified: L1-001, L1-002, L1-006", "Failed: none", "Abandoned: none",
        "Merge queue: 3 tasks ready",
    ] == head.splitlines()  # fmt: skip
    assert {
        "batch_number": 1, "layer": "1-foundation", "tasks_total": 3, "verified": ALL.split(","), "failed": [],
        "abandoned": [], "merge_queue_ready": 3, "should_stop": False,
    } == json.loads(result)  # fmt: skip


def test_a_claim_is_not_believed(ground: Ground) -> None:
    """An agent that says `verified` without having done it has failed; one that did it without a word has too."""
    ground.begin(ALL).assert_ok()
    ground.work("L1-001")
    ground.work("L1-002", "nothing of use\n")
    ground.record("L1-002")
    ground.work("L1-006")
    ground.record("L1-006")
    done = ground.end(ALL, "--layer", "2-backend", "--batch-number", "2", "--minimal")

    line = "[BATCH 2-backend #2] L1-001 ✗ (attempt 1), L1-002 ✗ (attempt 1), L1-006 ✓ (1/3)"
    assert (1, line) == (done.code, done.out.splitlines()[0])
    assert "L1-001: there is no RESULT" in done.err
    assert "L1-002: `grep -q VALUE app/model.py` ended with exit code 1" in done.err
    errors = ground.state()["tasks"]["L1-002"]["errors"]
    assert "verification_failed" == errors[0]["type"]


def test_a_failed_task_is_tried_again_and_told_why(ground: Ground) -> None:
    """The next begin gives attempt 2 in the same worktree with what failed; then it can be verified."""
    ground.begin("L1-001").assert_ok()
    ground.work("L1-001", "no\n")
    ground.record("L1-001")
    ground.end("L1-001")
    call = ground.begin("L1-001", "--json").json()["calls"][0]
    with open(call["prompt"]) as stream:  # noqa: PTH123
        assert "ended with exit code 1" in stream.read()
    ground.work("L1-001")
    ground.record("L1-001", 2)
    ground.end("L1-001").assert_ok()

    entry = ground.state()["tasks"]["L1-001"]
    assert (2, "verified", 1) == (entry["attempt"], entry["status"], len(entry["errors"]))
    assert entry["commit_hash"] in ground.project.git("rev-parse", entry["branch"])


def test_after_the_last_attempt_the_layer_is_stopped(ground: Ground) -> None:
    """A task that failed five times is abandoned, with the reason to stop; it is not begun again."""
    for number in range(1, 6):
        ground.begin("L1-001").assert_ok()
        ground.work("L1-001", f"try {number}\n")
        ground.record("L1-001", number)
        done = ground.end("L1-001", "--json")
    result = json.loads(done.out)

    assert (True, ["L1-001"], "Task L1-001 abandoned after 5 attempts") == (
        result["should_stop"], result["abandoned"], result["stop_reason"],
    )  # fmt: skip
    assert ["L1-001"] == ground.state()["abandoned"]
    assert "L1-001 is abandoned already" in ground.begin("L1-001").assert_ok().out


def test_work_in_the_main_tree_is_found_out(ground: Ground) -> None:
    """A task whose file appears in the main tree has failed; the notes of the batch itself are no such thing."""
    ground.begin("L1-001,L1-002").assert_ok()
    for name in ("L1-001", "L1-002"):
        ground.work(name)
        ground.record(name)
    (ground.project.folder / "app" / "enums.py").write_text("VALUE = 1\n")
    done = ground.end("L1-001,L1-002", "--json")
    result = json.loads(done.out)

    assert (["L1-002"], ["L1-001"]) == (result["verified"], result["failed"])


def test_ended_twice_nothing_is_done_twice(ground: Ground) -> None:
    """The second end prints the same, and neither queue nor state has an entry more."""
    ground.begin("L1-001").assert_ok()
    ground.work("L1-001")
    ground.record("L1-001")
    first, second = (ground.end("L1-001").assert_ok().out for _ in range(2))

    assert first == second
    assert 1 == len(ground.state()["merge_queue"])


def test_such_a_run_is_not_driven_from_a_shell(ground: Ground) -> None:
    """`resume` says where it is carried out."""
    ground.begin("L1-001").assert_ok()

    ground.project.run("resume", ground.run).assert_failed("carried out by the agents of a host")


def test_the_status_line_follows_the_batch(ground: Ground) -> None:
    """Begun, the batch stands in the line of `batchpack status --line`; ended, with what became of its tasks."""
    ground.begin(ALL, "--batch-number", "3", "--layer", "1-foundation").assert_ok()
    begun = ground.project.run("status", "--line").assert_ok().out
    ground.work("L1-001")
    ground.record("L1-001")
    ground.end(ALL, "--batch-number", "3", "--layer", "1-foundation")

    assert "[BATCH 1-foundation #3] L1-001 ▶, L1-002 ▶, L1-006 ▶ (0/3)\n" == begun
    line = "[BATCH 1-foundation #3] L1-001 ✓, L1-002 ✗ (attempt 1), L1-006 ✗ (attempt 1) (1/3)\n"
    assert line == ground.project.run("status", "--line").assert_ok().out
