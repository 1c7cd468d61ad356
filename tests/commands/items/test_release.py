"""`batchpack items release`."""

from __future__ import annotations

from tests.support.item_desks import ItemDesk


def test_what_is_released_is_the_next_claim(desk: ItemDesk) -> None:
    """A task that is given back waits again, and its holder can report no more."""
    desk.claim("a")
    desk.items("release", "a", "--token", "1").assert_ok()

    assert "pending" == desk.task("a")["status"]
    desk.items("complete", "a", "--token", "1", "--evidence", "x").assert_failed("a was given back")
