"""`batchpack merge drop`: work that is not to be merged."""

from __future__ import annotations

from tests.merging.desk import Desk


def test_what_is_dropped_is_not_merged(desk: Desk) -> None:
    """The task counts as abandoned, its branch is told, and it can come back."""
    desk.queue(one={"one.txt": "1\n"}, two={"two.txt": "2\n"})

    said = desk.merge("drop", "latest", "one").assert_ok().out

    assert "one will not be merged; its work stays on branch batchpack/one.\n" in said
    assert f"batchpack merge retry {desk.made.short} one" in said
    desk.merge("run").assert_ok()
    assert {"one": "dropped", "two": "merged"} == desk.states()
    assert "abandoned" == desk.made.state().tasks["one"].status
    assert "ready" == desk.merge("retry", "latest", "one", "--json").json()["entry"]["state"]
    desk.merge("run").assert_ok()
    assert {"one": "merged", "two": "merged"} == desk.states()
    desk.merge("drop", "latest", "two").assert_failed("two is merged, so it cannot be dropped")
