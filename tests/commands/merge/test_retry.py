"""`batchpack merge retry`: the same work once more."""

from __future__ import annotations

from tests.merging.desk import Desk


def test_the_same_work_is_merged_once_the_reason_is_gone(desk: Desk) -> None:
    """What was in conflict becomes ready with the same commit, and counts as verified in the run."""
    desk.queue(one={"a.txt": "1\n"}, two={"a.txt": "2\n"})
    desk.merge("run").assert_failed(code=1)
    target = desk.made.facts.target
    desk.ground.git("update-ref", target, desk.ground.base)

    said = desk.merge("retry", "latest", "two").assert_ok().out

    assert f"two is ready once more. Merge it with: batchpack merge run {desk.made.short}\n" == said
    assert "verified" == desk.made.state().tasks["two"].status
    desk.merge("run").assert_ok()
    assert ("2", "merged") == (desk.ground.git("show", f"{target}:a.txt"), desk.made.state().tasks["two"].status)


def test_what_is_in_or_unknown_is_refused(desk: Desk) -> None:
    """What is merged cannot be merged again, and what was never queued is told."""
    desk.queue(one={"one.txt": "1\n"})
    desk.merge("run").assert_ok()

    desk.merge("retry", "latest", "one").assert_failed("one is merged, so it cannot be tried again")
    desk.merge("retry", "latest", "nobody").assert_failed("there is no entry in the merge queue named 'nobody'", code=2)
