"""`batchpack items dead`."""

from __future__ import annotations

from tests.support.item_desks import ItemDesk


def test_the_dead_are_listed_with_the_reason(desk: ItemDesk) -> None:
    """What was given up is listed; while there is none, that is said."""
    none = desk.items("dead").assert_ok().out
    desk.items("dead", "a", "--reason", "kills its workers").assert_ok()

    assert "No task was given up.\n" == none
    told = desk.items("dead").assert_ok().out
    assert told.startswith("a  dead  November\n  kills its workers\n")
    assert told.endswith("then `batchpack items requeue --batch mails TASK` tries anew.\n")
    assert ["a"] == [task["id"] for task in desk.items("dead", "--json").json()["tasks"]]


def test_a_held_task_is_given_up_by_force_only(desk: ItemDesk) -> None:
    """A worker that may live keeps its task, unless a person insists."""
    desk.claim("a")
    desk.items("dead", "a").assert_failed("a is held by w1", "--force")
    desk.items("dead", "a", "--force").assert_ok()

    assert "dead" == desk.task("a")["status"]
