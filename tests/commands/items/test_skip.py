"""`batchpack items skip`."""

from __future__ import annotations

from tests.support.item_desks import ItemDesk


def test_what_nobody_holds_may_be_skipped(desk: ItemDesk) -> None:
    """A waiting task is skipped with the reason; a held one by its holder alone."""
    desk.items("skip", "a", "--reason", "no need").assert_ok()
    desk.claim("b")
    desk.items("skip", "b", "--reason", "no need").assert_failed("b is held by w1")
    desk.items("skip", "b", "--token", "1", "--reason", "no need").assert_ok()

    assert ["skipped", "skipped"] == [desk.task(name)["status"] for name in ("a", "b")]
