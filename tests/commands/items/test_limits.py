"""`batchpack items limits`."""

from __future__ import annotations

from tests.support.item_desks import ItemDesk


def test_limits_are_set_and_lifted(desk: ItemDesk) -> None:
    """Those named are set, the others stay, and 0 lifts a limit on claims."""
    desk.items("limits", "--claims-per-worker", "1", "--attempts", "3").assert_ok()
    desk.claim("a")
    desk.items("claim").assert_failed("w1 holds as many tasks as one worker may: 1")
    facts = desk.items("limits", "--claims-per-worker", "0", "--json").json()

    assert {"claims": None, "claims_per_worker": None, "attempts": 3, "lost_leases": 3, "undo_days": 30} == facts[
        "limits"
    ]
    desk.items("limits", "--attempts", "0").assert_failed("0 is no limit for attempts", code=2)


def test_a_limit_is_a_number_that_means_something(desk: ItemDesk) -> None:
    """Numbers out of all bounds are refused."""
    desk.items("limits", "--claims", "9" * 20).assert_failed("is no limit for claims", code=2)
    desk.items("limits", "--undo-days", "0").assert_failed("0 is no limit for undo days", code=2)
