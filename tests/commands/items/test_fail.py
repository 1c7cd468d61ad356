"""`batchpack items fail`."""

from __future__ import annotations

from tests.support.item_desks import ItemDesk


def test_a_failure_is_kept_or_tried_again(desk: ItemDesk) -> None:
    """A failed task keeps its error; with --again it waits for its next attempt."""
    desk.claim("a")
    desk.claim("b")
    ended = desk.items("fail", "a", "--token", "1", "--error", "no such folder").assert_ok().out
    again = desk.items("fail", "b", "--token", "1", "--error", "busy", "--again", "--pause", "60").assert_ok().out

    assert ("a failed, at attempt 1.\n", "b will be tried again; attempt 1 failed.\n") == (ended, again)
    assert ("failed", "no such folder") == (desk.task("a")["status"], desk.task("a")["error"])
    assert "Nothing to claim now: 0 held by workers, 1 paused." in desk.items("claim").assert_ok().out
