"""`batchpack items complete`."""

from __future__ import annotations

from tests.support.item_desks import ItemDesk


def test_a_task_is_completed_once_with_evidence(desk: ItemDesk) -> None:
    """Evidence and result are kept; the same report again is fine, another is refused."""
    desk.claim("a")
    words = ("complete", "a", "--token", "1", "--evidence", "49 kept", "--evidence", "1 deleted", "--result", "-")
    told = [desk.items(*words, stdin='{"kept": 49}').assert_ok().out for _ in range(2)]

    assert ["a is done.\n"] * 2 == told
    facts = desk.task("a")
    assert (["49 kept", "1 deleted"], {"kept": 49}) == (list(facts["evidence"]), facts["result"])
    desk.items("complete", "a", "--token", "1", "--evidence", "y").assert_failed("with another report")


def test_what_cannot_be_taken_is_refused(desk: ItemDesk) -> None:
    """A result that is no JSON and a report without evidence leave the task held."""
    desk.claim("a")
    desk.items("complete", "a", "--token", "1", "--evidence", "x", "--result", "{").assert_failed("is no JSON", code=2)
    desk.items("complete", "a", "--token", "1").assert_failed("--evidence", code=2)

    assert "claimed" == desk.task("a")["status"]
