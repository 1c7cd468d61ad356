"""`batchpack items heartbeat`."""

from __future__ import annotations

from tests.support.item_desks import ItemDesk


def test_a_heartbeat_makes_a_claim_last(desk: ItemDesk) -> None:
    """The lease ends later than it would have; a token that is not the present one is refused."""
    before = desk.claim("a", lease=10) and desk.task("a")["lease_until"]
    desk.items("heartbeat", "a", "--token", "1", "--lease", "1000").assert_ok()

    assert before < desk.task("a")["lease_until"]
    desk.items("heartbeat", "a", "--token", "7").assert_failed("no claim of a had token 7: w1 has it now, with token 1")
