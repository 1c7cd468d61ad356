"""`batchpack items create`."""

from __future__ import annotations

from tests.support.item_desks import ItemDesk


def test_a_task_of_ones_own_goes_first_by_priority(desk: ItemDesk) -> None:
    """A task that was added is claimed as all others are, before those of lower priority; its name is given once."""
    desk.items("create", "own", "--title", "Mine", "--priority", "1").assert_ok()

    assert "own" == desk.items("claim", "--json").json()["task"]["id"]
    desk.items("create", "own").assert_failed("a task of the same name is there already")
    desk.items("create", "../own").assert_failed("cannot be the name of a task", code=2)
