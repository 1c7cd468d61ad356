"""`batchpack items requeue`."""

from __future__ import annotations

from tests.support.item_desks import ItemDesk


def test_ended_tasks_are_done_again(desk: ItemDesk) -> None:
    """Named tasks, or all of a status, wait again; the old token is void."""
    desk.claim("a")
    desk.items("fail", "a", "--token", "1", "--error", "x").assert_ok()
    desk.items("dead", "b").assert_ok()
    told = desk.items("requeue", "--all", "failed", "--all", "dead").assert_ok().out

    assert "a waits for its next worker.\nb waits for its next worker.\n" == told
    desk.items("fail", "a", "--token", "1", "--error", "x").assert_failed("your claim of a (token 1) was lost")


def test_naming_nothing_is_told(desk: ItemDesk) -> None:
    """Without a task or a status the command says what to give, and finding none of a status is no error."""
    desk.items("requeue").assert_failed("no task was named", "--all failed", code=2)

    assert "No task is failed.\n" == desk.items("requeue", "--all", "failed").assert_ok().out
